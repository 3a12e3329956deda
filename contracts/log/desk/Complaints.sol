// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogId, RecordId} from "../LogTypes.sol";
import {IRecordDesk} from "../interfaces/IRecordDesk.sol";
import {DeskRules} from "../libraries/DeskRules.sol";
import {Standings} from "./Standings.sol";

/// @title Complaints of subjects that were not given what they need to dispute
abstract contract Complaints is Standings {
    uint256 private constant _MAX_AT_A_TIME = 4;

    mapping(RecordId => mapping(bytes32 subject => Complaint)) private _complaints;
    mapping(bytes32 subject => RecordId[_MAX_AT_A_TIME]) private _places;

    /// @inheritdoc IRecordDesk
    function complain(LogId logId, uint64 index, bytes32 reason) external {
        Case memory c = _caseAt(logId, index);
        bytes32 subject = _callingSubject(c.id);
        _requireNotOver(c);
        Complaint storage complaint = _complaints[c.id][subject];
        if (complaint.phase != Phase.None) revert RecordDeskComplainedBefore(c.id, subject);
        _takePlace(c.id, subject);
        complaint.since = _now();
        complaint.phase = Phase.Open;
        complaint.appealPeriod = c.policy.appealPeriod;
        ++c.entry.openComplaints;
        _save(c);
        emit ComplaintMade(c.id, subject, logId, index, reason);
    }

    /// @inheritdoc IRecordDesk
    function answerComplaint(LogId logId, uint64 index, bytes32 subject, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        _requireOwner(c);
        _requirePhase(c, subject, Phase.Open, c.policy.answerPeriod);
        _move(c, subject, Phase.Answered);
        --c.entry.openComplaints;
        _save(c);
        emit ComplaintAnswered(c.id, subject, content);
    }

    /// @inheritdoc IRecordDesk
    function appealComplaint(LogId logId, uint64 index, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        bytes32 subject = _callingSubject(c.id);
        _requirePhase(c, subject, Phase.Answered, c.policy.appealPeriod);
        _move(c, subject, Phase.Appealed);
        ++c.entry.openComplaints;
        _save(c);
        emit ComplaintAppealed(c.id, subject, content);
    }

    /// @inheritdoc IRecordDesk
    function ruleComplaint(LogId logId, uint64 index, bytes32 subject, Outcome outcome, bytes32 content) external {
        Case memory c = _caseAt(logId, index);
        _requireArbiter(c);
        _requirePhase(c, subject, Phase.Appealed, c.policy.rulingPeriod);
        _move(c, subject, Phase.Ruled);
        --c.entry.openComplaints;
        emit ComplaintRuled(c.id, subject, outcome, content);
        if (outcome == Outcome.Withdraw) _endAsWithdrawn(c, content);
        else _save(c);
    }

    /// @inheritdoc IRecordDesk
    function lapseComplaint(LogId logId, uint64 index, bytes32 subject) external {
        Case memory c = _caseAt(logId, index);
        _requireNotOver(c);
        Complaint memory complaint = _complaints[c.id][subject];
        bool appealed = complaint.phase == Phase.Appealed;
        if (!appealed && complaint.phase != Phase.Open) revert RecordDeskWrongPhase(c.id, subject, complaint.phase);
        uint40 period = appealed ? c.policy.rulingPeriod : c.policy.answerPeriod;
        uint40 elapsed = CLOCK.elapsed(complaint.since);
        if (elapsed <= period) revert RecordDeskTooEarly(c.id, elapsed, period);
        _move(c, subject, Phase.Lapsed);
        --c.entry.openComplaints;
        _end(c, State.Lapsed);
        emit ComplaintLapsed(c.id, subject);
    }

    /// @inheritdoc IRecordDesk
    function complaintOf(RecordId recordId, bytes32 subject) external view returns (Complaint memory) {
        return _complaints[recordId][subject];
    }

    /// @inheritdoc IRecordDesk
    function complaintsOf(bytes32 subject) external view returns (RecordId[_MAX_AT_A_TIME] memory) {
        return _places[subject];
    }

    function _move(Case memory c, bytes32 subject, Phase phase) private {
        Complaint storage complaint = _complaints[c.id][subject];
        complaint.phase = phase;
        complaint.since = _now();
    }

    /// @dev Takes the first place that is free, or whose complaint is done with.
    function _takePlace(RecordId recordId, bytes32 subject) private {
        for (uint256 i = 0; i < _MAX_AT_A_TIME; ++i) {
            RecordId holder = _places[subject][i];
            if (RecordId.unwrap(holder) == 0 || _isDone(holder, subject)) {
                _places[subject][i] = recordId;
                return;
            }
        }
        revert RecordDeskTooManyComplaints(subject, _MAX_AT_A_TIME);
    }

    function _isDone(RecordId recordId, bytes32 subject) private view returns (bool) {
        Complaint memory complaint = _complaints[recordId][subject];
        if (complaint.phase == Phase.Ruled || complaint.phase == Phase.Lapsed) return true;
        if (complaint.phase == Phase.Answered && CLOCK.elapsed(complaint.since) > complaint.appealPeriod) return true;
        (State state, , ) = flagsOf(recordId);
        return DeskRules.isOver(state);
    }

    function _requirePhase(Case memory c, bytes32 subject, Phase phase, uint40 period) private view {
        _requireNotOver(c);
        Complaint memory complaint = _complaints[c.id][subject];
        if (complaint.phase != phase) revert RecordDeskWrongPhase(c.id, subject, complaint.phase);
        uint40 elapsed = CLOCK.elapsed(complaint.since);
        if (elapsed > period) revert RecordDeskTooLate(c.id, elapsed, period);
    }
}
