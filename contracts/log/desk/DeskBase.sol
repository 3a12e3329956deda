// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Capabilities} from "../../authority/Capabilities.sol";
import {IMembers} from "../../authority/interfaces/IMembers.sol";
import {IOpenClock} from "../../authority/interfaces/IOpenClock.sol";
import {LogId, RecordId} from "../LogTypes.sol";
import {ILogPolicies} from "../interfaces/ILogPolicies.sol";
import {ILogRegistry} from "../interfaces/ILogRegistry.sol";
import {IRecordDesk} from "../interfaces/IRecordDesk.sol";
import {DeskRules} from "../libraries/DeskRules.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {RecordHeader} from "../libraries/RecordHeader.sol";

/// @title What every act at the desk needs: the record's place, rules and state, and who may speak
abstract contract DeskBase is IRecordDesk {
    /// @dev A record as an act finds it.
    struct Case {
        RecordId id;
        LogId logId;
        uint64 index;
        uint32 owner; // member
        State state; // now
        uint40 elapsed; // open seconds of the running period, 0 where none runs
        Entry entry; // as written
        ILogPolicies.Policy policy;
    }

    IMembers internal immutable MEMBERS;
    IOpenClock internal immutable CLOCK;
    ILogPolicies internal immutable POLICIES;
    ILogRegistry internal immutable REGISTRY;

    mapping(RecordId => Entry) private _entries;

    constructor(IMembers members, IOpenClock clock, ILogPolicies policies, ILogRegistry registry) {
        MEMBERS = members;
        CLOCK = clock;
        POLICIES = policies;
        REGISTRY = registry;
    }

    /// @inheritdoc IRecordDesk
    function entryOf(RecordId recordId) external view returns (Entry memory) {
        return _entries[recordId];
    }

    /// @inheritdoc IRecordDesk
    function flagsOf(RecordId recordId) public view returns (State state, bool noticed, bool disputed) {
        Entry memory entry = _entries[recordId];
        if (entry.policyId == 0) return (State.Recorded, false, false);
        ILogPolicies.Policy memory policy = POLICIES.policyOf(entry.policyId);
        state = DeskRules.stateAt(entry.state, policy, _elapsedOf(entry));
        return (state, entry.noticedAt != 0, DeskRules.isDisputed(state, entry.openComplaints));
    }

    /// @inheritdoc IRecordDesk
    function recordIdFor(LogId logId, uint64 index) public pure returns (RecordId) {
        return RecordId.wrap(keccak256(abi.encode(logId, index)));
    }

    function _save(Case memory c) internal {
        _entries[c.id] = c.entry;
    }

    function _end(Case memory c, State state) internal {
        c.entry.state = state;
        _save(c);
    }

    function _endAsWithdrawn(Case memory c, bytes32 reason) internal {
        _end(c, State.Withdrawn);
        emit RecordWithdrawn(c.id, c.logId, c.index, reason);
    }

    /// @dev The record at an index of a known log; what its header says is not known here.
    function _caseAt(LogId logId, uint64 index) internal view returns (Case memory c) {
        (ILogRegistry.Head memory head, ) = REGISTRY.headOf(logId);
        if (index >= head.size) revert RecordDeskNotIncluded(logId, index);
        c.id = recordIdFor(logId, index);
        c.logId = logId;
        c.index = index;
        c.owner = head.owner;
        c.policy = POLICIES.policyOf(head.policyId);
        c.entry = _entries[c.id];
        c.entry.policyId = head.policyId;
        c.elapsed = _elapsedOf(c.entry);
        c.state = DeskRules.stateAt(c.entry.state, c.policy, c.elapsed);
    }

    /// @dev The record that somebody shows, proved to be in its log.
    function _caseOf(Shown calldata record) internal view returns (Case memory c, RecordHeader.Header memory header) {
        string memory flaw = RecordHeader.flaw(record.header);
        if (bytes(flaw).length != 0) revert RecordDeskInvalidHeader(flaw);
        header = RecordHeader.decode(record.header);
        if (header.logId != LogId.unwrap(record.logId)) revert RecordDeskWrongLog(record.logId, header.logId);
        c = _caseAt(record.logId, record.index);
        if (!_isIncluded(record)) revert RecordDeskNotIncluded(record.logId, record.index);
    }

    function _isIncluded(Shown calldata record) internal view returns (bool) {
        return REGISTRY.isIncluded(record.logId, MerkleTree.leafHash(record.header), record.index, record.proof);
    }

    function _elapsedOf(Entry memory entry) internal view returns (uint40) {
        return DeskRules.runs(entry.state) ? CLOCK.elapsed(entry.since) : 0;
    }

    /// @dev The running period must be the one of `written`, and not over.
    function _requireRunning(Case memory c, State written) internal pure {
        if (c.entry.state != written) revert RecordDeskWrongState(c.id, c.state);
        uint40 period = DeskRules.periodOf(written, c.policy);
        if (c.elapsed > period) revert RecordDeskTooLate(c.id, c.elapsed, period);
    }

    function _requireNotOver(Case memory c) internal pure {
        if (DeskRules.isOver(c.state)) revert RecordDeskWrongState(c.id, c.state);
    }

    /// @dev A duty: suspension does not matter.
    function _requireOwner(Case memory c) internal view {
        uint32 member = MEMBERS.requireDuty(msg.sender, Capabilities.LOG_OWNER);
        if (member != c.owner) revert RecordDeskNotOwner(c.logId, member);
    }

    function _requireArbiter(Case memory c) internal view {
        uint32 member = MEMBERS.requireCapability(msg.sender, Capabilities.ARBITER);
        if (member != c.policy.arbiter) revert RecordDeskNotArbiter(c.logId, member);
    }

    function _now() internal view returns (uint40) {
        return uint40(block.timestamp); // fits until the year 36812
    }
}
