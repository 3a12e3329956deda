// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISubjects} from "../../authority/interfaces/ISubjects.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {AwardTokens} from "./AwardTokens.sol";

/// @title Who holds awards: admission of accounts, and moving awards after a claim or a recovery
/// @dev An account belongs to one subject in its life (see `Subjects`), so what was admitted once stays true.
abstract contract AwardHolders is AwardTokens {
    /// @dev Claims and recoveries behind one account that a grant looks through.
    uint256 private constant _MAX_HOPS = 16;

    ISubjects internal immutable SUBJECTS;

    mapping(address account => bytes32) private _admitted;

    constructor(ISubjects subjects) {
        SUBJECTS = subjects;
    }

    /// @inheritdoc IAwards
    function admit(address[] calldata accounts) external {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (_holdings[accounts[i]].plusOne != 0) continue;
            bytes32 subject = SUBJECTS.subjectOf(accounts[i]);
            if (subject != 0) _admit(accounts[i], subject);
        }
    }

    /// @inheritdoc IAwards
    function migrate(uint256[] calldata tokenIds) external {
        address from = address(0);
        address to = address(0);
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            address owner = _awards[tokenIds[i]].owner();
            if (owner == address(0)) continue;
            if (owner != from) (from, to) = (owner, _accountBehind(owner));
            if (to == from) continue;
            if (_holdings[to].plusOne == 0) _admit(to, _admitted[from]);
            _move(tokenIds[i], from, to);
        }
    }

    /// @inheritdoc IAwards
    function holderOf(uint256 tokenId) external view returns (address) {
        return _accountBehind(_ownerOf(tokenId));
    }

    /// @inheritdoc IAwards
    function subjectOf(uint256 tokenId) external view returns (bytes32) {
        return _admitted[_ownerOf(tokenId)];
    }

    /// @inheritdoc IAwards
    function admittedAs(address account) external view returns (bytes32) {
        return _admitted[account];
    }

    /// @dev Whom a grant to an account that is not admitted now goes to: the one that its subject has, which is
    /// then admitted. (An account that is admitted keeps what is granted to it; where it was replaced, awards follow by
    /// `holderOf` and `migrate`.) One that was never bound is refused.
    function _resolve(address account) internal returns (address holder) {
        holder = account;
        bytes32 subject = SUBJECTS.subjectOf(holder);
        for (uint256 hops = 0; subject == 0; ++hops) {
            holder = SUBJECTS.successorOf(holder);
            if (holder == address(0) || hops == _MAX_HOPS) revert AwardsNotASubject(account);
            subject = SUBJECTS.subjectOf(holder);
        }
        if (_holdings[holder].plusOne == 0) _admit(holder, subject);
    }

    /// @dev The account is bound to the subject, and not admitted now. It may have been before.
    function _admit(address account, bytes32 subject) internal {
        _holdings[account].plusOne = 1;
        if (_admitted[account] != 0) return;
        _admitted[account] = subject;
        emit HolderAdmitted(account, subject);
    }

    function _accountBehind(address owner) private view returns (address) {
        return SUBJECTS.accountOf(_admitted[owner]);
    }
}
