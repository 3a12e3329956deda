// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Capabilities} from "../authority/Capabilities.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {IOpenClock} from "../authority/interfaces/IOpenClock.sol";
import {ISubjects} from "../authority/interfaces/ISubjects.sol";
import {LogId, RecordId} from "./LogTypes.sol";
import {Complaints} from "./desk/Complaints.sol";
import {DeskBase} from "./desk/DeskBase.sol";
import {Standings} from "./desk/Standings.sol";
import {ILogPolicies} from "./interfaces/ILogPolicies.sol";
import {ILogRegistry} from "./interfaces/ILogRegistry.sol";
import {IRecordDesk} from "./interfaces/IRecordDesk.sol";
import {DeskRules} from "./libraries/DeskRules.sol";
import {RecordHeader} from "./libraries/RecordHeader.sol";

/// @title Notice, dispute, correction and expiry of records
contract RecordDesk is Complaints {
    /// @dev By each of the two standings, so that nobody can drown an owner and no owner can use up a subject's rounds.
    uint8 private constant _MAX_ROUNDS = 8;

    mapping(bytes32 key => bool) private _usedEvidence;

    constructor(
        IMembers members,
        ISubjects subjects,
        IOpenClock clock,
        ILogPolicies policies,
        ILogRegistry registry
    ) DeskBase(members, clock, policies, registry) Standings(subjects) {}

    /// @inheritdoc IRecordDesk
    function acknowledge(Shown calldata record, Standing calldata standing) external {
        (Case memory c, RecordHeader.Header memory header) = _caseOf(record);
        _requireStanding(c.id, header, standing, ACKNOWLEDGE, 0, 0);
        _notice(c, true, 0);
    }

    /// @inheritdoc IRecordDesk
    function attestService(LogId logId, uint64 index, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        uint32 member = MEMBERS.requireCapability(msg.sender, Capabilities.OMBUDSMAN);
        if (member != c.policy.ombudsman) revert RecordDeskNotOmbudsman(logId, member);
        _notice(c, false, content);
    }

    /// @inheritdoc IRecordDesk
    function dispute(Shown calldata record, Standing calldata standing, bytes32 reason, bytes32 evidence) external {
        (Case memory c, RecordHeader.Header memory header) = _caseOf(record);
        bool opened = standing.subject != 0;
        uint8 before = opened ? c.entry.openingRounds : c.entry.addressRounds;
        bytes32 content = keccak256(abi.encode(reason, evidence));
        _requireStanding(c.id, header, standing, DISPUTE, uint32(before) + 1, content);
        _requireDisputable(c, standing.subject);
        if (before == _MAX_ROUNDS) revert RecordDeskTooManyRounds(c.id, _MAX_ROUNDS);
        if (evidence != 0) _useEvidence(c.id, standing.subject, evidence);
        else if (before != 0) revert RecordDeskNeedsNewEvidence(c.id);
        else _requireFirstInTime(c);

        if (opened) c.entry.openingRounds = before + 1;
        else c.entry.addressRounds = before + 1;
        c.entry.opened = opened;
        if (c.entry.noticedAt == 0) c.entry.noticedAt = _now();
        _begin(c, State.Disputed);
        emit RecordDisputed(c.id, c.logId, c.index, _round(c), reason, evidence);
    }

    /// @inheritdoc IRecordDesk
    function answer(LogId logId, uint64 index, uint32 round, Outcome outcome, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        _requireOwner(c);
        _requireRound(c, round);
        _requireRunning(c, State.Disputed);
        emit RecordAnswered(c.id, round, outcome, content);
        if (outcome == Outcome.Withdraw) _endAsWithdrawn(c, content);
        else _begin(c, State.Answered);
    }

    /// @inheritdoc IRecordDesk
    function appeal(Shown calldata record, Standing calldata standing, bytes32 content) external {
        (Case memory c, RecordHeader.Header memory header) = _caseOf(record);
        _requireStanding(c.id, header, standing, APPEAL, _round(c), content);
        if (!_speaksIn(c.entry.opened, standing.subject)) revert RecordDeskNotSubject(c.id);
        _requireRunning(c, State.Answered);
        _begin(c, State.Appealed);
        emit RecordAppealed(c.id, _round(c), content);
    }

    /// @inheritdoc IRecordDesk
    function rule(LogId logId, uint64 index, uint32 round, Outcome outcome, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        _requireArbiter(c);
        _requireRound(c, round);
        _requireRunning(c, State.Appealed);
        emit RecordRuled(c.id, round, outcome, content);
        if (outcome == Outcome.Withdraw) _endAsWithdrawn(c, content);
        else _begin(c, State.Upheld);
    }

    /// @inheritdoc IRecordDesk
    function withdraw(LogId logId, uint64 index, bytes32 reason) external {
        Case memory c = _caseAt(logId, index);
        _requireOwner(c);
        _requireNotOver(c);
        _endAsWithdrawn(c, reason);
    }

    /// @inheritdoc IRecordDesk
    function correct(Shown calldata record, Shown calldata correction, bytes32[] calldata openings) external {
        (Case memory c, RecordHeader.Header memory header) = _caseOf(record);
        _requireOwner(c);
        _requireNotOver(c);
        (Case memory other, RecordHeader.Header memory otherHeader) = _caseOf(correction);
        if (
            otherHeader.logId != header.logId ||
            other.index <= c.index ||
            DeskRules.isOver(other.state) ||
            !RecordHeader.sameSubject(header, otherHeader, openings)
        ) revert RecordDeskNotACorrection(c.id, other.index);
        c.entry.correctedBy = other.index;
        _end(c, State.Corrected);
        emit RecordCorrected(c.id, c.logId, c.index, other.id, other.index);
    }

    /// @inheritdoc IRecordDesk
    function stateOf(Shown calldata record) external view returns (Status memory status) {
        (ILogRegistry.Head memory head, ) = REGISTRY.headOf(record.logId);
        if (bytes(RecordHeader.flaw(record.header)).length != 0) return status;
        RecordHeader.Header memory header = RecordHeader.decode(record.header);
        if (header.logId != LogId.unwrap(record.logId) || record.index >= head.size) return status;
        if (!_isIncluded(record)) return status;

        Case memory c = _caseAt(record.logId, record.index);
        (bool known, uint32 period) = POLICIES.retentionOf(head.policyId, header.retentionClass);
        status.state = c.state;
        status.included = true;
        status.noticed = c.entry.noticedAt != 0;
        status.disputed = DeskRules.isDisputed(c.state, c.entry.openComplaints);
        status.anchoredBy = REGISTRY.anchoredBy(record.logId, record.index);
        status.expires = DeskRules.expiryOf(header.time, status.anchoredBy, period);
        status.valid = DeskRules.isValid(status, header, c.policy, known, block.timestamp);
    }

    function _notice(Case memory c, bool bySubject, bytes32 content) private {
        if (c.state != State.Recorded) revert RecordDeskWrongState(c.id, c.state);
        c.entry.noticedAt = _now();
        _end(c, State.Noticed);
        emit RecordNoticed(c.id, c.logId, c.index, bySubject, content);
    }

    function _begin(Case memory c, State state) private {
        c.entry.state = state;
        c.entry.since = _now();
        _save(c);
    }

    /// @dev Evidence counts for one standing, so that nobody can spoil another's by using it first.
    function _useEvidence(RecordId recordId, bytes32 subject, bytes32 evidence) private {
        bytes32 key = keccak256(abi.encode(recordId, subject, evidence));
        if (_usedEvidence[key]) revert RecordDeskNeedsNewEvidence(recordId);
        _usedEvidence[key] = true;
    }

    function _requireDisputable(Case memory c, bytes32 subject) private view {
        if (DeskRules.isOver(c.state)) revert RecordDeskWrongState(c.id, c.state);
        if (!DeskRules.runs(c.state)) return;
        bool takesOver = subject != 0 && !c.entry.opened && _speaksIn(false, subject);
        if (!takesOver) revert RecordDeskWrongState(c.id, c.state);
    }

    /// @dev Without notice where it is needed, the period has not begun.
    function _requireFirstInTime(Case memory c) private view {
        uint40 period = c.policy.disputePeriod;
        if (period == 0) return;
        uint40 start = c.policy.noticeNeeded ? c.entry.noticedAt : REGISTRY.anchoredBy(c.logId, c.index);
        if (start == 0) return;
        uint40 elapsed = CLOCK.elapsed(start);
        if (elapsed > period) revert RecordDeskTooLate(c.id, elapsed, period);
    }

    /// @dev What was said about one dispute never lands on the next one.
    function _requireRound(Case memory c, uint32 given) private pure {
        uint32 actual = _round(c);
        if (given != actual) revert RecordDeskWrongRound(c.id, given, actual);
    }

    function _round(Case memory c) private pure returns (uint32) {
        return uint32(c.entry.addressRounds) + c.entry.openingRounds;
    }
}
