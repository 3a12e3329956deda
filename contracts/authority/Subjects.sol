// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Capabilities} from "./Capabilities.sol";
import {Haltable} from "./Haltable.sol";
import {IMembers} from "./interfaces/IMembers.sol";
import {IOpenClock} from "./interfaces/IOpenClock.sol";
import {ISubjects} from "./interfaces/ISubjects.sol";

/// @title People, as pairwise pseudonyms bound to accounts
/// @dev An account is tied to at most one subject, for ever: as its present account, as an earlier one, or as the
/// target of a seconded recovery (released if the recovery fails). So completing a recovery can never meet a taken
/// account.
contract Subjects is Haltable, EIP712, ISubjects {
    bytes32 private constant _BIND = keccak256("Bind(bytes32 subject,address account,uint40 deadline)");
    bytes32 private constant _HOLD = keccak256("Hold(bytes32 subject,address account,uint40 deadline)");

    /// @dev Nobody meant a longer one; it would be a unit mistaken for seconds.
    uint40 private constant _LONGEST_PERIOD = 365 days;

    IMembers private immutable _MEMBERS;
    IOpenClock private immutable _CLOCK;
    bytes32 private immutable _SUITE_ID;
    uint40 private immutable _DECISION_PERIOD;
    uint40 private immutable _RECOVERY_DELAY;
    uint40 private immutable _ARBITRATED_DELAY;

    mapping(bytes32 subject => Subject) private _subjects;
    mapping(bytes32 subject => Recovery) private _recoveries;
    mapping(bytes32 subject => mapping(uint32 proposer => Proposal)) private _proposals;
    mapping(address account => bytes32 subject) private _ties;
    mapping(address account => address) private _successors;

    constructor(
        address initialAuthority,
        IMembers members_,
        IOpenClock clock_,
        bytes32 suiteId_,
        uint40 decisionPeriod_,
        uint40 recoveryDelay_,
        uint40 arbitratedDelay_
    ) AccessManaged(initialAuthority) EIP712("Stele Subjects", "1") {
        if (
            decisionPeriod_ == 0 ||
            recoveryDelay_ == 0 ||
            arbitratedDelay_ <= recoveryDelay_ ||
            decisionPeriod_ > _LONGEST_PERIOD ||
            arbitratedDelay_ > _LONGEST_PERIOD
        ) {
            revert SubjectsInvalidPeriods(decisionPeriod_, recoveryDelay_, arbitratedDelay_);
        }
        _MEMBERS = members_;
        _CLOCK = clock_;
        _SUITE_ID = suiteId_;
        _DECISION_PERIOD = decisionPeriod_;
        _RECOVERY_DELAY = recoveryDelay_;
        _ARBITRATED_DELAY = arbitratedDelay_;
    }

    // Enrolment

    /// @inheritdoc ISubjects
    function enrol(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external whenRunning returns (bytes32 subject) {
        uint32 member = _officer();
        subject = subjectId(member, domain, commitment);
        _requireConsent(_BIND, subject, account, deadline, signature);
        _enrol(subject, account, member, false);
    }

    /// @inheritdoc ISubjects
    function enrolHeld(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external whenRunning returns (bytes32 subject) {
        uint32 member = _officer();
        subject = subjectId(member, domain, commitment);
        _requireConsent(_HOLD, subject, account, deadline, signature);
        _enrol(subject, account, member, true);
    }

    /// @inheritdoc ISubjects
    function claim(bytes32 subject, address account, uint40 deadline, bytes calldata signature) external whenRunning {
        Subject memory record = _known(subject);
        if (!record.held) revert SubjectsNotHeld(subject);
        _requirePhase(subject, RecoveryPhase.None);
        if (
            msg.sender != record.account &&
            _MEMBERS.hasCapability(msg.sender, Capabilities.SUBJECT_OFFICER) != record.member
        ) revert SubjectsNotOfficer(msg.sender, record.member);
        _requireConsent(_BIND, subject, account, deadline, signature);
        _tie(account, subject);
        emit SubjectClaimed(subject, record.account, account);
        _rebind(subject, record.account, account);
    }

    // Recovery

    /// @inheritdoc ISubjects
    function proposeRecovery(
        bytes32 subject,
        address newAccount,
        uint40 deadline,
        bytes calldata signature
    ) external whenRunning {
        uint32 member = _officer();
        Subject memory record = _known(subject);
        _requireConsent(_BIND, subject, newAccount, deadline, signature);
        _requireUntied(newAccount);
        _proposals[subject][member] = Proposal(newAccount, _now(), record.account);
        emit RecoveryProposed(subject, newAccount, member);
    }

    /// @inheritdoc ISubjects
    function withdrawRecovery(bytes32 subject) external {
        uint32 member = _officer();
        address newAccount = _proposals[subject][member].newAccount;
        if (newAccount == address(0)) revert SubjectsNotProposed(subject, member);
        delete _proposals[subject][member];
        emit RecoveryWithdrawn(subject, newAccount, member);
    }

    /// @inheritdoc ISubjects
    function secondRecovery(bytes32 subject, uint32 proposer, address newAccount) external whenRunning {
        uint32 member = _officer();
        if (member == proposer) revert SubjectsSameMember(member);
        Proposal memory proposal = _proposals[subject][proposer];
        if (proposal.newAccount == address(0)) revert SubjectsNotProposed(subject, proposer);
        if (proposal.newAccount != newAccount) revert SubjectsWrongAccount(newAccount, proposal.newAccount);
        address account = _subjects[subject].account;
        if (proposal.account != account) revert SubjectsWrongAccount(proposal.account, account);
        if (_isSuspended(proposer)) revert SubjectsMemberNotActive(proposer);
        _requirePhase(subject, RecoveryPhase.None);
        _requireDecidable(subject, proposal.since);
        delete _proposals[subject][proposer];
        _tie(newAccount, subject);
        _recoveries[subject] = Recovery(newAccount, _now(), RecoveryPhase.Pending, proposer, member, 0);
        emit RecoverySeconded(subject, newAccount, member, proposer);
    }

    /// @inheritdoc ISubjects
    function vetoRecovery(bytes32 subject) external {
        address account = _subjects[subject].account;
        if (msg.sender != account) revert SubjectsWrongAccount(msg.sender, account);
        _requirePhase(subject, RecoveryPhase.Pending);
        _enter(_recoveries[subject], RecoveryPhase.Vetoed);
        emit RecoveryVetoed(subject, account);
    }

    /// @inheritdoc ISubjects
    function decideRecovery(bytes32 subject, address newAccount, bool grant) external {
        _requirePhase(subject, RecoveryPhase.Vetoed);
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.ARBITER);
        Recovery storage recovery = _recoveries[subject];
        if (recovery.newAccount != newAccount) revert SubjectsWrongAccount(newAccount, recovery.newAccount);
        Subject memory record = _subjects[subject];
        if (member == recovery.proposer || member == recovery.seconder || (record.held && member == record.member))
            revert SubjectsSameMember(member);
        _requireDecidable(subject, recovery.since);
        emit RecoveryDecided(subject, member, grant);
        if (grant) {
            recovery.arbiter = member;
            _enter(recovery, RecoveryPhase.Granted);
        } else {
            _close(subject);
        }
    }

    /// @inheritdoc ISubjects
    function completeRecovery(bytes32 subject) external {
        Recovery memory recovery = _recoveries[subject];
        if (recovery.phase != RecoveryPhase.Pending && recovery.phase != RecoveryPhase.Granted) {
            revert SubjectsWrongPhase(subject, recovery.phase);
        }
        uint40 period = recovery.phase == RecoveryPhase.Granted ? _ARBITRATED_DELAY : _RECOVERY_DELAY;
        uint40 passed = _CLOCK.elapsed(recovery.since);
        if (passed < period) revert SubjectsTooEarly(subject, passed, period);
        uint32 suspended = _suspendedBacker(recovery);
        if (suspended != 0) revert SubjectsMemberNotActive(suspended);
        delete _recoveries[subject];
        _rebind(subject, _subjects[subject].account, recovery.newAccount);
    }

    /// @inheritdoc ISubjects
    function closeRecovery(bytes32 subject) external {
        Recovery memory recovery = _recoveries[subject];
        if (_suspendedBacker(recovery) == 0) {
            _requirePhase(subject, RecoveryPhase.Vetoed);
            uint40 passed = _CLOCK.elapsed(recovery.since);
            if (passed <= _DECISION_PERIOD) revert SubjectsTooEarly(subject, passed, _DECISION_PERIOD);
        }
        _close(subject);
    }

    // Reading

    /// @inheritdoc ISubjects
    function subjectId(uint32 member, bytes32 domain, bytes32 commitment) public view returns (bytes32) {
        return keccak256(abi.encode(_SUITE_ID, member, domain, commitment));
    }

    /// @inheritdoc ISubjects
    function accountOf(bytes32 subject) external view returns (address) {
        return _subjects[subject].account;
    }

    /// @inheritdoc ISubjects
    function actingAccountOf(bytes32 subject) external view returns (address) {
        return _recoveries[subject].phase == RecoveryPhase.None ? _subjects[subject].account : address(0);
    }

    /// @inheritdoc ISubjects
    function subjectOf(address account) external view returns (bytes32) {
        bytes32 subject = _ties[account];
        return _subjects[subject].account == account ? subject : bytes32(0);
    }

    /// @inheritdoc ISubjects
    function successorOf(address account) external view returns (address) {
        return _successors[account];
    }

    /// @inheritdoc ISubjects
    function subjectInfo(bytes32 subject) external view returns (Subject memory) {
        return _subjects[subject];
    }

    /// @inheritdoc ISubjects
    function recoveryOf(bytes32 subject) external view returns (Recovery memory) {
        return _recoveries[subject];
    }

    /// @inheritdoc ISubjects
    function proposalOf(bytes32 subject, uint32 proposer) external view returns (Proposal memory) {
        return _proposals[subject][proposer];
    }

    /// @inheritdoc ISubjects
    function decisionPeriod() external view returns (uint40) {
        return _DECISION_PERIOD;
    }

    /// @inheritdoc ISubjects
    function recoveryDelay() external view returns (uint40) {
        return _RECOVERY_DELAY;
    }

    /// @inheritdoc ISubjects
    function arbitratedDelay() external view returns (uint40) {
        return _ARBITRATED_DELAY;
    }

    // Rules

    function _enrol(bytes32 subject, address account, uint32 member, bool held) private {
        if (_subjects[subject].account != address(0)) revert SubjectsTaken(subject);
        _tie(account, subject);
        _subjects[subject] = Subject(account, member, held);
        emit SubjectEnrolled(subject, account, member, held);
    }

    /// @dev The new account is tied to the subject already; the old one stays so.
    function _rebind(bytes32 subject, address from, address to) private {
        _subjects[subject].account = to;
        _subjects[subject].held = false;
        _successors[from] = to;
        emit AccountChanged(subject, from, to);
    }

    function _close(bytes32 subject) private {
        address newAccount = _recoveries[subject].newAccount;
        delete _recoveries[subject];
        delete _ties[newAccount];
        emit RecoveryClosed(subject, newAccount);
    }

    function _enter(Recovery storage recovery, RecoveryPhase phase) private {
        recovery.phase = phase;
        recovery.since = _now();
    }

    function _tie(address account, bytes32 subject) private {
        _requireUntied(account);
        _ties[account] = subject;
    }

    function _requireUntied(address account) private view {
        if (_ties[account] != bytes32(0)) revert SubjectsAccountTaken(account, _ties[account]);
    }

    function _requirePhase(bytes32 subject, RecoveryPhase phase) private view {
        RecoveryPhase actual = _recoveries[subject].phase;
        if (actual != phase) revert SubjectsWrongPhase(subject, actual);
    }

    /// @dev A member that proposed, seconded or granted and is suspended now; zero where there is none, or no recovery.
    function _suspendedBacker(Recovery memory recovery) private view returns (uint32) {
        if (_isSuspended(recovery.proposer)) return recovery.proposer;
        if (_isSuspended(recovery.seconder)) return recovery.seconder;
        return _isSuspended(recovery.arbiter) ? recovery.arbiter : 0;
    }

    function _isSuspended(uint32 member) private view returns (bool) {
        return _MEMBERS.memberInfo(member).status == IMembers.Status.Suspended;
    }

    function _requireDecidable(bytes32 subject, uint40 since) private view {
        uint40 passed = _CLOCK.elapsed(since);
        if (passed > _DECISION_PERIOD) revert SubjectsTooLate(subject, passed, _DECISION_PERIOD);
    }

    function _requireConsent(
        bytes32 typeHash,
        bytes32 subject,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) private view {
        if (account == address(0) || account == authority()) revert SubjectsInvalidAccount(account);
        if (block.timestamp > deadline) revert SubjectsExpired(deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(typeHash, subject, account, deadline)));
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) {
            revert SubjectsInvalidConsent(account);
        }
    }

    function _known(bytes32 subject) private view returns (Subject memory record) {
        record = _subjects[subject];
        if (record.account == address(0)) revert SubjectsUnknown(subject);
    }

    function _officer() private view returns (uint32) {
        return _MEMBERS.requireCapability(msg.sender, Capabilities.SUBJECT_OFFICER);
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
