// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Haltable} from "./Haltable.sol";
import {IMembers} from "./interfaces/IMembers.sol";

/// @title Member organisations, their administrators and delegates
/// @dev `requireCapability` reads two storage slots: the account's and its member's. The AccessManager is never a
/// member's account, because through `AccessManager.execute` it would speak with the voice of whoever holds a role.
contract Members is Haltable, IMembers {
    struct Delegation {
        // slot 0
        uint128 capabilities;
        uint40 expiry;
        uint16 adminEpoch; // 0 where there is no proposal
    }

    struct Succession {
        // slot 0
        address administrator;
        bool byGovernance;
    }

    /// @dev Epochs that an administrator can use up by itself; governance has the rest.
    uint16 private constant _OWN_EPOCHS = 0x8000;
    uint256 private constant _NAME_LENGTH = 64;

    uint32 private _count;
    mapping(uint32 member => Member) private _members;
    mapping(address account => Account) private _accounts;
    mapping(uint32 member => address) private _administrators;
    mapping(uint32 member => Succession) private _successions;
    mapping(uint32 member => mapping(address account => Delegation)) private _delegations;
    mapping(uint32 member => string) private _names;

    constructor(address initialAuthority) AccessManaged(initialAuthority) {}

    /// @dev A new manager must not be anybody's account either.
    function setAuthority(address newAuthority) public override {
        if (_accounts[newAuthority].member != 0) revert MembersInvalidAccount(newAuthority);
        super.setAuthority(newAuthority);
    }

    // Governance

    /// @inheritdoc IMembers
    function enrol(
        string calldata name,
        address administrator,
        uint128 capabilities,
        uint40 validFrom,
        uint40 validUntil
    ) external restricted returns (uint32 member) {
        if (bytes(name).length == 0 || bytes(name).length > _NAME_LENGTH) revert MembersInvalidName();
        _requireWindow(validFrom, validUntil);
        _requireUsable(administrator);
        member = ++_count;
        _members[member] = Member(capabilities, validFrom, validUntil, Status.Active, 0);
        _names[member] = name;
        _successions[member] = Succession(administrator, true);
        emit MemberEnrolled(member, name, administrator, capabilities, validFrom, validUntil);
        emit AdministratorProposed(member, administrator);
    }

    /// @inheritdoc IMembers
    function setCapabilities(uint32 member, uint128 capabilities) external restricted {
        _known(member).capabilities = capabilities;
        emit MemberCapabilitiesChanged(member, capabilities);
    }

    /// @inheritdoc IMembers
    function setValidity(uint32 member, uint40 validFrom, uint40 validUntil) external restricted {
        _requireWindow(validFrom, validUntil);
        Member storage record = _known(member);
        record.validFrom = validFrom;
        record.validUntil = validUntil;
        emit MemberValidityChanged(member, validFrom, validUntil);
    }

    /// @inheritdoc IMembers
    function suspend(uint32 member, bytes32 reason) external restricted {
        Member storage record = _known(member);
        if (record.status != Status.Active) revert MembersNotActive(member);
        record.status = Status.Suspended;
        emit MemberSuspended(member, reason);
    }

    /// @inheritdoc IMembers
    function reinstate(uint32 member) external restricted {
        Member storage record = _known(member);
        if (record.status != Status.Suspended) revert MembersNotSuspended(member);
        record.status = Status.Active;
        emit MemberReinstated(member);
    }

    /// @inheritdoc IMembers
    function replaceAdministrator(uint32 member, address administrator) external restricted {
        _known(member);
        _propose(member, administrator, true);
    }

    // The administrator

    /// @inheritdoc IMembers
    function proposeAdministrator(address administrator) external whenRunning {
        uint32 member = _administered(msg.sender);
        _requireNotSuspended(member);
        if (_successions[member].byGovernance) revert MembersReplacementOpen(member);
        if (_members[member].adminEpoch >= _OWN_EPOCHS) revert MembersEpochsSpent(member);
        _propose(member, administrator, false);
    }

    /// @inheritdoc IMembers
    function nameDelegate(address account, uint128 capabilities, uint40 expiry) external whenRunning {
        uint32 member = _administered(msg.sender);
        _requireNotSuspended(member);
        _requireUsable(account);
        if (account == msg.sender) revert MembersIsAdministrator(account);
        if (expiry <= block.timestamp) revert MembersInvalidWindow(_now(), expiry);
        Member storage record = _members[member];
        uint128 held = record.capabilities;
        if (capabilities & ~held != 0) revert MembersCapabilitiesExceeded(capabilities, held);
        _delegations[member][account] = Delegation(capabilities, expiry, record.adminEpoch);
        emit DelegateNamed(member, account, capabilities, expiry);
    }

    /// @inheritdoc IMembers
    function removeDelegate(address account) external {
        uint32 member = _administered(msg.sender);
        if (account == msg.sender) revert MembersIsAdministrator(account);
        bool known = _delegations[member][account].adminEpoch != 0;
        delete _delegations[member][account];
        if (_accounts[account].member == member) {
            known = true;
            delete _accounts[account];
        }
        if (!known) revert MembersNotProposed(account, member);
        emit DelegateRemoved(member, account);
    }

    // Accounts

    /// @inheritdoc IMembers
    function acceptAdministration(uint32 member) external whenRunning {
        Succession memory succession = _successions[member];
        if (succession.administrator != msg.sender) revert MembersNotProposed(msg.sender, member);
        if (!succession.byGovernance) _requireNotSuspended(member);
        _requireUsable(msg.sender);
        _requireFree(msg.sender, member);
        uint16 adminEpoch = ++_members[member].adminEpoch;
        delete _accounts[_administrators[member]];
        delete _successions[member];
        _administrators[member] = msg.sender;
        _accounts[msg.sender] = Account(member, type(uint128).max, type(uint40).max, adminEpoch, true);
        emit AdministratorAccepted(member, msg.sender, adminEpoch);
    }

    /// @inheritdoc IMembers
    function acceptDelegation(uint32 member) external whenRunning {
        Delegation memory delegation = _delegations[member][msg.sender];
        // Without a proposal the expiry is zero.
        if (delegation.adminEpoch != _members[member].adminEpoch || delegation.expiry <= block.timestamp) {
            revert MembersNotProposed(msg.sender, member);
        }
        _requireNotSuspended(member);
        _requireUsable(msg.sender);
        _requireFree(msg.sender, member);
        delete _delegations[member][msg.sender];
        _accounts[msg.sender] = Account(
            member,
            delegation.capabilities,
            delegation.expiry,
            delegation.adminEpoch,
            false
        );
        emit DelegateAccepted(member, msg.sender, delegation.capabilities, delegation.expiry);
    }

    /// @inheritdoc IMembers
    function resign() external {
        Account memory account = _accounts[msg.sender];
        if (account.member == 0) revert MembersInvalidAccount(msg.sender);
        if (account.isAdministrator) revert MembersIsAdministrator(msg.sender);
        delete _accounts[msg.sender];
        emit DelegateRemoved(account.member, msg.sender);
    }

    // Reading

    /// @inheritdoc IMembers
    function requireCapability(address account, uint128 capability) external view returns (uint32 member) {
        member = hasCapability(account, capability);
        if (member == 0) revert MembersMissingCapability(account, capability);
    }

    /// @inheritdoc IMembers
    function requireDuty(address account, uint128 capability) external view returns (uint32 member) {
        Account memory own = _accounts[account];
        member = own.member;
        if (member == 0 || !_stands(own, _members[member].adminEpoch) || capability & ~own.capabilities != 0) {
            revert MembersMissingCapability(account, capability);
        }
    }

    /// @inheritdoc IMembers
    function hasCapability(address account, uint128 capability) public view returns (uint32 member) {
        Account storage own = _accounts[account];
        member = own.member;
        Member storage record = _members[member];
        // Member 0 is never active. Two storage slots, each read once, and one branch, because every other module pays
        // for this: whatever must be zero is joined in one word, and a time that lies beyond a limit sets its top bit.
        uint256 lacking = capability & ~(own.capabilities & record.capabilities);
        uint256 apart =
            (uint256(own.adminEpoch) ^ record.adminEpoch) | (uint256(record.status) ^ uint256(Status.Active));
        unchecked {
            uint256 untimely =
                (block.timestamp - record.validFrom) |
                    (uint256(record.validUntil) - 1 - block.timestamp) |
                    (uint256(own.expiry) - 1 - block.timestamp);
            if (lacking | apart | (untimely >> 255) != 0) return 0;
        }
    }

    /// @inheritdoc IMembers
    function memberInfo(uint32 member) external view returns (Member memory) {
        return _members[member];
    }

    /// @inheritdoc IMembers
    function accountInfo(address account) external view returns (Account memory) {
        return _accounts[account];
    }

    /// @inheritdoc IMembers
    function administratorOf(uint32 member) external view returns (address) {
        return _administrators[member];
    }

    /// @inheritdoc IMembers
    function proposedAdministratorOf(uint32 member) external view returns (address) {
        return _successions[member].administrator;
    }

    /// @inheritdoc IMembers
    function nameOf(uint32 member) external view returns (string memory) {
        return _names[member];
    }

    /// @inheritdoc IMembers
    function memberCount() external view returns (uint32) {
        return _count;
    }

    // Rules

    function _propose(uint32 member, address administrator, bool byGovernance) private {
        if (administrator == address(0)) {
            delete _successions[member];
        } else {
            _requireUsable(administrator);
            if (administrator == _administrators[member]) revert MembersIsAdministrator(administrator);
            _successions[member] = Succession(administrator, byGovernance);
        }
        emit AdministratorProposed(member, administrator);
    }

    function _known(uint32 member) private view returns (Member storage record) {
        record = _members[member];
        if (record.status == Status.None) revert MembersUnknownMember(member);
    }

    function _administered(address account) private view returns (uint32 member) {
        Account memory own = _accounts[account];
        if (!own.isAdministrator) revert MembersNotAdministrator(account);
        return own.member;
    }

    function _requireNotSuspended(uint32 member) private view {
        if (_members[member].status != Status.Active) revert MembersNotActive(member);
    }

    function _requireWindow(uint40 validFrom, uint40 validUntil) private pure {
        if (validFrom >= validUntil) revert MembersInvalidWindow(validFrom, validUntil);
    }

    function _requireUsable(address account) private view {
        if (account == address(0) || account == authority()) revert MembersInvalidAccount(account);
    }

    /// @dev Free for `member`: without a record, a delegate of this very member, or with a lapsed delegation. (The
    /// member's administrator never gets here: it can't name itself, nor be its own successor.)
    function _requireFree(address account, uint32 member) private view {
        Account memory own = _accounts[account];
        if (own.member == 0 || own.member == member) return;
        if (_stands(own, _members[own.member].adminEpoch)) revert MembersAccountTaken(account, own.member);
    }

    function _stands(Account memory own, uint16 adminEpoch) private view returns (bool) {
        return own.adminEpoch == adminEpoch && block.timestamp < own.expiry;
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
