// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IMembers} from "../../authority/interfaces/IMembers.sol";
import {ILogRegistry} from "../interfaces/ILogRegistry.sol";
import {EligibleSet} from "./EligibleSet.sol";
import {Statements} from "./Statements.sol";

/// @title Distinct members that signed the same tree
/// @dev A signer with code is asked by ERC-1271 in a static call whose answer is cut to one word: it can refuse or burn
/// gas, and whoever sends the transaction chose to bring it; it cannot write, re-enter or bloat the memory.
library Cosigners {
    /// @notice Who has to sign what.
    struct Quorum {
        bytes32 domain; // EIP-712 separator
        bytes32 typeHash; // `Statements.COSIGNATURE` or `Statements.HOLDING`
        uint128 capability;
        uint256 needed; // distinct members
        uint256 eligible; // `EligibleSet`; empty: any member with the capability
        uint32 owner; // of the log; never its own cosigner
        string office; // what the owner would be
        uint40 after_; // seconds; a signature must be later
        uint256 latest; // seconds; a signature must not be later
    }

    /// @notice Reverts unless at least `needed` members signed, each once, in ascending order, all valid.
    function check(
        IMembers members,
        Quorum memory quorum,
        Statements.Tree memory tree,
        ILogRegistry.Cosignature[] calldata given
    ) internal view {
        if (given.length < quorum.needed) {
            revert ILogRegistry.LogRegistryTooFewCosignatures(given.length, quorum.needed);
        }
        uint32 previous = 0;
        for (uint256 i = 0; i < given.length; ++i) {
            previous = _checkOne(members, quorum, tree, given[i], previous);
        }
    }

    function _checkOne(
        IMembers members,
        Quorum memory quorum,
        Statements.Tree memory tree,
        ILogRegistry.Cosignature calldata given,
        uint32 previous
    ) private view returns (uint32 member) {
        address signer = given.signer;
        member = members.requireCapability(signer, quorum.capability);
        if (member <= previous) revert ILogRegistry.LogRegistryCosignersUnordered(previous, member);
        if (member == quorum.owner) revert ILogRegistry.LogRegistryConflict(member, quorum.office);
        if (quorum.eligible != 0 && !EligibleSet.has(quorum.eligible, member)) {
            revert ILogRegistry.LogRegistryIneligible(signer, member);
        }
        if (given.time <= quorum.after_ || given.time > quorum.latest) {
            revert ILogRegistry.LogRegistryCosignatureTime(signer, given.time);
        }
        bytes32 digest = Statements.timedDigest(quorum.domain, quorum.typeHash, tree, given.time);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, given.signature)) {
            revert ILogRegistry.LogRegistryInvalidCosignature(signer);
        }
    }
}
