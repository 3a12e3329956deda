// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {ILogRegistry} from "./interfaces/ILogRegistry.sol";
import {AnchoringDays} from "./libraries/AnchoringDays.sol";
import {MerkleTree} from "./libraries/MerkleTree.sol";
import {PackedHead} from "./libraries/PackedHead.sol";
import {TokenBucket} from "./libraries/TokenBucket.sol";
import {Lineage, LogId} from "./LogTypes.sol";

/// @title What LogRegistry stores, and how it is read
abstract contract LogState is ILogRegistry {
    using AnchoringDays for Checkpoints.Trace160;

    /// @dev What a head and its evidence need of a policy. Policies are never edited, so the copy cannot age.
    struct Terms {
        // slot 0
        uint48 burst;
        uint32 rate;
        uint8 witnesses;
        uint8 mirrors;
        uint32 silence;
        uint32 anchoring;
        uint32 clockSkew;
        uint32 arbiter;
        uint32 supervisor;
        // slots 1 and 2
        uint256 eligibleWitnesses; // `EligibleSet`
        uint256 eligibleMirrors;
    }

    /// @dev One epoch of a log.
    struct Log {
        bytes32 root;
        PackedHead head;
        Lineage lineage;
        LogId successor;
        uint64 baseIndex;
        Checkpoints.Trace160 daily; // see `AnchoringDays`
        mapping(uint16 keyEpoch => address) keys;
        mapping(uint16 keyEpoch => mapping(uint64 size => uint40)) demands;
    }

    /// @dev All epochs of a log.
    struct Line {
        LogId current;
        uint40 overdueSince; // first mark
        uint40 lastMarked; // latest mark
    }

    bytes32 private immutable _SUITE_ID;

    mapping(LogId => Log) internal _logs;
    mapping(Lineage => Line) internal _lines;
    mapping(uint32 policyId => Terms) internal _terms;

    constructor(bytes32 suiteId) {
        _SUITE_ID = suiteId;
    }

    /// @inheritdoc ILogRegistry
    function isIncluded(
        LogId logId,
        bytes32 leafHash,
        uint64 index,
        bytes32[] calldata proof
    ) external view returns (bool) {
        return MerkleTree.verifyInclusion(leafHash, index, _requireKnown(logId).size(), _logs[logId].root, proof);
    }

    /// @inheritdoc ILogRegistry
    function headOf(LogId logId) external view returns (Head memory head, bytes32 root) {
        return (_requireKnown(logId).unpack(), _logs[logId].root);
    }

    /// @inheritdoc ILogRegistry
    function lineageOf(LogId logId) external view returns (Lineage) {
        _requireKnown(logId);
        return _logs[logId].lineage;
    }

    /// @inheritdoc ILogRegistry
    function currentOf(Lineage lineage) external view returns (LogId current) {
        current = _lines[lineage].current;
        _requireKnown(current);
    }

    /// @inheritdoc ILogRegistry
    function baseIndexOf(LogId logId) external view returns (uint64) {
        _requireKnown(logId);
        return _logs[logId].baseIndex;
    }

    /// @inheritdoc ILogRegistry
    function successorOf(LogId logId) external view returns (LogId) {
        _requireKnown(logId);
        return _logs[logId].successor;
    }

    /// @inheritdoc ILogRegistry
    function overdueSince(Lineage lineage) external view returns (uint40) {
        _requireKnown(_lines[lineage].current);
        return _lines[lineage].overdueSince;
    }

    /// @inheritdoc ILogRegistry
    function latestOverdue(Lineage lineage) external view returns (uint40) {
        _requireKnown(_lines[lineage].current);
        return _lines[lineage].lastMarked;
    }

    /// @inheritdoc ILogRegistry
    function demandedSince(LogId logId, uint16 keyEpoch, uint64 size) external view returns (uint40) {
        _requireKnown(logId);
        return _logs[logId].demands[keyEpoch][size];
    }

    /// @inheritdoc ILogRegistry
    function checkpointKeyOf(LogId logId, uint16 keyEpoch) external view returns (address) {
        _requireKnown(logId);
        return _logs[logId].keys[keyEpoch];
    }

    /// @inheritdoc ILogRegistry
    function anchoredBy(LogId logId, uint64 index) external view returns (uint40) {
        PackedHead head = _requireKnown(logId);
        if (index >= head.size()) revert LogRegistryNotAnchored(logId, index, head.size());
        return _logs[logId].daily.anchoredBy(index, head.lastAdvance());
    }

    /// @inheritdoc ILogRegistry
    function allowanceOf(LogId logId) external view returns (uint48) {
        PackedHead head = _requireKnown(logId);
        return head.status() == Status.Open ? _refilled(head, _terms[head.policyId()]) : 0;
    }

    /// @inheritdoc ILogRegistry
    function lineageFor(uint32 owner, bytes32 kind, string calldata name) public view returns (Lineage) {
        return Lineage.wrap(keccak256(abi.encode(_SUITE_ID, owner, kind, keccak256(bytes(name)))));
    }

    /// @inheritdoc ILogRegistry
    function logIdFor(Lineage lineage, uint16 epoch) public pure returns (LogId) {
        return LogId.wrap(keccak256(abi.encode(lineage, epoch)));
    }

    /// @dev The allowance as it is now.
    function _refilled(PackedHead head, Terms storage terms) internal view returns (uint48) {
        return TokenBucket.refill(head.allowance(), terms.burst, terms.rate, block.timestamp - head.lastAdvance());
    }

    function _requireKnown(LogId logId) internal view returns (PackedHead head) {
        head = _logs[logId].head;
        if (head.status() == Status.None) revert LogRegistryUnknown(logId);
    }

    function _requireOpen(LogId logId) internal view returns (PackedHead head) {
        head = _requireKnown(logId);
        if (head.status() != Status.Open) revert LogRegistryNotOpen(logId, head.status());
    }

    function _requireLatest(LogId logId) internal view {
        LogId successor = _logs[logId].successor;
        if (LogId.unwrap(successor) != 0) revert LogRegistrySucceeded(logId, successor);
    }
}
