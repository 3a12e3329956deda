// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lineage, LogId} from "../LogTypes.sol";

/// @title Heads of append-only logs
/// @notice Entries stay with their owners; the chain holds each log's latest head (size and RFC 9162 root) and refuses
/// a head that does not provably extend it, grows faster than its policy allows, or lacks its witnesses. Whoever holds
/// two contradicting statements of one log can freeze it.
interface ILogRegistry {
    enum Status {
        None,
        Open,
        Frozen
    }

    /// @notice A log's head: two storage slots, the root being the other. A log opens with size 0 and the root of the
    /// empty tree.
    struct Head {
        // slot 1 (slot 0 is the root)
        uint64 size; // entries
        uint40 lastAdvance; // seconds; last head or heartbeat, at first the opening
        uint48 allowance; // entries that might be added at `lastAdvance`
        Status status;
        uint16 epoch; // of the lineage
        uint32 policyId;
        uint32 owner; // member
        uint16 keyEpoch; // of the checkpoint key
    }

    /// @notice What a member's account signs, EIP-712. Witness: `Cosignature(bytes32 logId,uint64 size,bytes32
    /// root,uint40 time)`; mirror: `Holding(bytes32 logId,uint64 size,bytes32 root,uint40 time)`. Domain: name "Stele
    /// LogRegistry", version "1", this chain, this contract.
    struct Cosignature {
        address signer; // EOA or ERC-1271
        uint40 time; // seconds, of the signer's clock
        bytes signature;
    }

    event LogOpened(
        LogId indexed logId,
        Lineage indexed lineage,
        uint32 indexed owner,
        bytes32 kind,
        string name,
        uint32 policyId,
        address checkpointKey
    );
    event LogSucceeded(
        LogId indexed logId,
        LogId indexed predecessor,
        uint16 epoch,
        uint64 baseIndex,
        address checkpointKey
    );
    event HeadAdvanced(LogId indexed logId, uint64 oldSize, uint64 newSize, bytes32 root);
    event HeartbeatReceived(LogId indexed logId, uint64 size);
    event CheckpointKeyRotated(LogId indexed logId, uint16 keyEpoch, address checkpointKey);
    event AnchoringDemanded(LogId indexed logId, uint64 size, bytes32 root, uint16 keyEpoch, address indexed by);
    event MarkedOverdue(Lineage indexed lineage, LogId indexed logId, bool demanded, address indexed by);
    event SplitViewProven(
        LogId indexed logId,
        uint16 keyEpoch,
        uint64 size,
        bytes32 signedRoot,
        bytes32 trueRoot,
        address indexed by
    );

    error LogRegistryUnknown(LogId logId);
    error LogRegistryExists(LogId logId);
    error LogRegistryInvalidName(string name);
    error LogRegistryInvalidKey(address key);
    error LogRegistryKindMismatch(bytes32 given, bytes32 policy);
    error LogRegistryConflict(uint32 owner, string office); // the owner would control its own control
    error LogRegistryNotOpen(LogId logId, Status status);
    error LogRegistryNotFrozen(LogId logId, Status status);
    error LogRegistryNotOwner(LogId logId, uint32 member);
    error LogRegistryNotSupervisor(LogId logId, uint32 member);
    error LogRegistryNotArbiter(LogId logId, uint32 member);
    error LogRegistryStaleHead(LogId logId, uint64 given, uint64 actual);
    error LogRegistryNotGrowing(LogId logId, uint64 oldSize, uint64 newSize);
    error LogRegistryGrowthExceeded(LogId logId, uint64 asked, uint48 allowance);
    error LogRegistryInconsistent(LogId logId, uint64 oldSize, uint64 newSize);
    error LogRegistryTooFewCosignatures(uint256 given, uint256 needed);
    error LogRegistryInvalidCosignature(address signer);
    error LogRegistryIneligible(address signer, uint32 member);
    error LogRegistryCosignersUnordered(uint32 previous, uint32 member); // ascending member ids, each once
    error LogRegistryCosignatureTime(address signer, uint40 time);
    error LogRegistryNotOverdue(LogId logId, uint40 elapsed, uint40 period);
    error LogRegistryAlreadyMarked(Lineage lineage);
    error LogRegistryInvalidCheckpoint(LogId logId, uint16 keyEpoch);
    error LogRegistryNotAhead(LogId logId, uint64 size, uint64 head);
    error LogRegistryDemanded(LogId logId, uint16 keyEpoch, uint64 size);
    error LogRegistryNotDemanded(LogId logId, uint16 keyEpoch, uint64 size);
    error LogRegistryNotAnchored(LogId logId, uint64 index, uint64 size);
    error LogRegistryNoContradiction(LogId logId, uint64 size);
    error LogRegistrySucceeded(LogId logId, LogId successor);

    /// @notice Opens a log of the caller's member (`LOG_OWNER`). The clock of silence starts.
    /// @param kind must be the policy's
    /// @param name public, 1 to 128 bytes of visible ASCII, unique for owner and kind
    /// @param checkpointKey signs this log's checkpoints, EIP-712 `Checkpoint(bytes32 logId,uint16 keyEpoch,uint64
    /// size,bytes32 root)`; an account without code
    function open(
        bytes32 kind,
        string calldata name,
        uint32 policyId,
        address checkpointKey
    ) external returns (LogId logId);

    /// @notice Moves the head. Caller: the owner's member (`LOG_OWNER`).
    /// @param oldSize must be the head's size (compare and set)
    /// @param newSize larger than `oldSize`
    /// @param proof RFC 9162 2.1.4 consistency proof from the head; empty for a first head
    /// @param witnesses cosignatures in ascending order of their members, at least as many as the policy asks; each one
    /// given is checked
    /// @param mirrors holdings, likewise
    function advance(
        LogId logId,
        uint64 oldSize,
        uint64 newSize,
        bytes32 root,
        bytes32[] calldata proof,
        Cosignature[] calldata witnesses,
        Cosignature[] calldata mirrors
    ) external;

    /// @notice Says that an idle log is alive: same head, cosigned after the last contact. Caller: the owner's member.
    /// Only of an open log: what is frozen stays silent.
    function heartbeat(LogId logId, Cosignature[] calldata witnesses) external;

    /// @notice Registers another checkpoint key and retires the present one. Caller: the owner's member.
    function rotateCheckpointKey(LogId logId, address checkpointKey) external;

    /// @notice Marks a log that was silent for longer than its policy allows. Caller: anyone. The mark belongs to the
    /// lineage and is permanent; a lapse that was not due yet at the last mark is marked again. Only the latest
    /// epoch, open or frozen, can be marked. Never halted; but time in which the registry is halted does not count, and
    /// after a resumption the period begins anew.
    function markOverdue(LogId logId) external;

    /// @notice Shows a signed checkpoint that is ahead of the chain; the owner has to bring the head to that size in
    /// time. Each (key epoch, size) is a demand of its own, so none can be crowded out by another. Caller: anyone for
    /// the present key, the policy's arbiter for a retired one. Never halted.
    /// @dev A log must not sign further ahead than its policy's growth lets it anchor within `anchoring`.
    function demandAnchoring(
        LogId logId,
        uint16 keyEpoch,
        uint64 size,
        bytes32 root,
        bytes calldata signature
    ) external;

    /// @notice Marks, like `markOverdue`, a log whose head did not reach a demanded size in time, halts not counted.
    /// Caller: anyone for a demand under the present key, the policy's arbiter for one under a key retired since. Never
    /// halted.
    function markUnanchored(LogId logId, uint16 keyEpoch, uint64 size) external;

    /// @notice Freezes a log whose key signed (size, signedRoot) while the chain's head extends (size, trueRoot).
    /// Caller: anyone for the present key, the policy's arbiter for a retired one. Never halted.
    /// @param proof consistency proof from (size, trueRoot) to the head; empty where size is the head's
    function proveSplitView(
        LogId logId,
        uint16 keyEpoch,
        uint64 size,
        bytes32 signedRoot,
        bytes calldata signature,
        bytes32 trueRoot,
        bytes32[] calldata proof
    ) external;

    /// @notice Opens the next epoch of a frozen log at size 0; it inherits owner, policy and the running clock.
    /// Its growth goes on from the predecessor's allowance. Caller: the policy's supervisor (`SUPERVISOR`).
    function succeed(LogId logId, address checkpointKey) external returns (LogId successor);

    /// @notice Whether the leaf is in the log under its present head (RFC 9162 2.1.3.2).
    function isIncluded(
        LogId logId,
        bytes32 leafHash,
        uint64 index,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice Reverts for an unknown log, as all getters below.
    function headOf(LogId logId) external view returns (Head memory head, bytes32 root);
    function lineageOf(LogId logId) external view returns (Lineage);

    /// @notice The latest epoch of a lineage.
    function currentOf(Lineage lineage) external view returns (LogId);

    /// @notice The number of entries in earlier epochs.
    function baseIndexOf(LogId logId) external view returns (uint64);

    /// @notice The next epoch, zero where there is none.
    function successorOf(LogId logId) external view returns (LogId);

    /// @notice When the lineage was first marked overdue, 0 where it never was.
    function overdueSince(Lineage lineage) external view returns (uint40);

    /// @notice When the lineage was last marked overdue, 0 where it never was.
    function latestOverdue(Lineage lineage) external view returns (uint40);

    /// @notice Whether this epoch is silent now for longer than its policy allows, marked or not, by the clock of
    /// `markOverdue`; false for an epoch that has a successor, in which the clock runs on.
    function isSilent(LogId logId) external view returns (bool);

    /// @notice When such a checkpoint was demanded, 0 where it never was; the demand is met once the head has the size.
    function demandedSince(LogId logId, uint16 keyEpoch, uint64 size) external view returns (uint40);

    /// @notice The key of an epoch, present or retired; zero for an epoch that is not there.
    function checkpointKeyOf(LogId logId, uint16 keyEpoch) external view returns (address);

    /// @notice An upper bound, less than a day above the truth, of the time at which an entry was anchored: the chain
    /// keeps the last contact of each UTC day in which the head moved. Reverts for an index at or beyond the head.
    function anchoredBy(LogId logId, uint64 index) external view returns (uint40);

    /// @notice The id of a lineage and of an epoch, for whoever wants them before the log is open.
    function lineageFor(uint32 owner, bytes32 kind, string calldata name) external view returns (Lineage);
    function logIdFor(Lineage lineage, uint16 epoch) external pure returns (LogId);

    /// @notice Entries that could be added now; 0 for a log that is not open.
    function allowanceOf(LogId logId) external view returns (uint48);
}
