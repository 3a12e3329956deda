// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {Capabilities} from "../authority/Capabilities.sol";
import {Haltable} from "../authority/Haltable.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {IOpenClock} from "../authority/interfaces/IOpenClock.sol";
import {ILogPolicies} from "./interfaces/ILogPolicies.sol";
import {ILogRegistry} from "./interfaces/ILogRegistry.sol";
import {AnchoringDays} from "./libraries/AnchoringDays.sol";
import {Cosigners} from "./libraries/Cosigners.sol";
import {EligibleSet} from "./libraries/EligibleSet.sol";
import {MerkleTree} from "./libraries/MerkleTree.sol";
import {PackedHead, PackedHeads} from "./libraries/PackedHead.sol";
import {Statements} from "./libraries/Statements.sol";
import {LogState} from "./LogState.sol";
import {Lineage, LogId} from "./LogTypes.sol";

/// @title Heads of append-only logs
/// @dev Advance is the one hot path: two slots of the head, one of the policy's terms, one of the halt flag and the two
/// of `Members.requireCapability`. Everything else lies beside, where it costs only those who use it.
contract LogRegistry is Haltable, EIP712, LogState {
    using AnchoringDays for Checkpoints.Trace160;

    uint256 private constant _MAX_NAME = 128;

    IMembers private immutable _MEMBERS;
    ILogPolicies private immutable _POLICIES;
    IOpenClock private immutable _CLOCK;

    constructor(
        address authority,
        IMembers members,
        ILogPolicies policies,
        IOpenClock clock,
        bytes32 suiteId
    ) AccessManaged(authority) EIP712("Stele LogRegistry", "1") LogState(suiteId) {
        _MEMBERS = members;
        _POLICIES = policies;
        _CLOCK = clock;
    }

    /// @inheritdoc ILogRegistry
    function open(
        bytes32 kind,
        string calldata name,
        uint32 policyId,
        address checkpointKey
    ) external whenRunning returns (LogId logId) {
        uint32 owner = _MEMBERS.requireCapability(msg.sender, Capabilities.LOG_OWNER);
        _requireName(name);
        ILogPolicies.Policy memory policy = _POLICIES.policyOf(policyId);
        if (kind != policy.kind) revert LogRegistryKindMismatch(kind, policy.kind);
        Terms storage terms = _load(policyId, policy);
        _requireIndependent(owner, policy, terms);

        Lineage lineage = lineageFor(owner, kind, name);
        logId = logIdFor(lineage, 0);
        if (_logs[logId].head.status() != Status.None) revert LogRegistryExists(logId);
        Head memory head = Head({
            size: 0,
            lastAdvance: uint40(block.timestamp),
            allowance: terms.burst,
            status: Status.Open,
            epoch: 0,
            policyId: policyId,
            owner: owner,
            keyEpoch: 0
        });
        _begin(logId, lineage, head, checkpointKey);
        emit LogOpened(logId, lineage, owner, kind, name, policyId, checkpointKey);
    }

    /// @inheritdoc ILogRegistry
    function advance(
        LogId logId,
        uint64 oldSize,
        uint64 newSize,
        bytes32 root,
        bytes32[] calldata proof,
        Cosignature[] calldata witnesses,
        Cosignature[] calldata mirrors
    ) external whenRunning {
        Log storage log = _logs[logId];
        PackedHead head = _requireOwned(logId);
        if (oldSize != head.size()) revert LogRegistryStaleHead(logId, oldSize, head.size());
        if (newSize <= oldSize) revert LogRegistryNotGrowing(logId, oldSize, newSize);
        Terms storage terms = _terms[head.policyId()];
        uint48 allowance = _refilled(head, terms);
        if (newSize - oldSize > allowance) revert LogRegistryGrowthExceeded(logId, newSize - oldSize, allowance);
        bool extends_ =
            oldSize == 0 ? proof.length == 0 : MerkleTree.verifyConsistency(oldSize, newSize, log.root, root, proof);
        if (!extends_) revert LogRegistryInconsistent(logId, oldSize, newSize);
        Statements.Tree memory tree = Statements.Tree(logId, newSize, root);
        _checkWitnesses(head.owner(), terms, tree, witnesses, 0);
        _checkMirrors(head.owner(), terms, tree, mirrors);

        log.daily.roll(oldSize, head.lastAdvance(), block.timestamp);
        // At most `allowance` was added, so the cast and the difference are safe.
        log.head = head.moved(newSize, uint40(block.timestamp), allowance - uint48(newSize - oldSize));
        log.root = root;
        emit HeadAdvanced(logId, oldSize, newSize, root);
    }

    /// @inheritdoc ILogRegistry
    function heartbeat(LogId logId, Cosignature[] calldata witnesses) external whenRunning {
        Log storage log = _logs[logId];
        PackedHead head = _requireOwned(logId);
        Terms storage terms = _terms[head.policyId()];
        Statements.Tree memory tree = Statements.Tree(logId, head.size(), log.root);
        _checkWitnesses(head.owner(), terms, tree, witnesses, head.lastAdvance());

        log.daily.roll(head.size(), head.lastAdvance(), block.timestamp);
        log.head = head.moved(head.size(), uint40(block.timestamp), _refilled(head, terms));
        emit HeartbeatReceived(logId, head.size());
    }

    /// @inheritdoc ILogRegistry
    function rotateCheckpointKey(LogId logId, address checkpointKey) external whenRunning {
        Log storage log = _logs[logId];
        Head memory head = _requireOwned(logId).unpack();
        if (checkpointKey == log.keys[head.keyEpoch]) revert LogRegistryInvalidKey(checkpointKey);
        ++head.keyEpoch;
        log.head = PackedHeads.pack(head);
        _register(log, head.keyEpoch, checkpointKey);
        emit CheckpointKeyRotated(logId, head.keyEpoch, checkpointKey);
    }

    /// @inheritdoc ILogRegistry
    function markOverdue(LogId logId) external {
        PackedHead head = _requireKnown(logId);
        _mark(logId, head.lastAdvance(), _terms[head.policyId()].silence, false);
    }

    /// @inheritdoc ILogRegistry
    function demandAnchoring(
        LogId logId,
        uint16 keyEpoch,
        uint64 size,
        bytes32 root,
        bytes calldata signature
    ) external {
        PackedHead head = _requireOpen(logId);
        if (size <= head.size()) revert LogRegistryNotAhead(logId, size, head.size());
        _requireCheckpoint(Statements.Tree(logId, size, root), head, keyEpoch, signature);
        mapping(uint64 => uint40) storage demands = _logs[logId].demands[keyEpoch];
        if (demands[size] != 0) revert LogRegistryDemanded(logId, keyEpoch, size);
        demands[size] = uint40(block.timestamp);
        emit AnchoringDemanded(logId, size, root, keyEpoch, msg.sender);
    }

    /// @inheritdoc ILogRegistry
    function markUnanchored(LogId logId, uint16 keyEpoch, uint64 size) external {
        PackedHead head = _requireKnown(logId);
        uint40 since = _logs[logId].demands[keyEpoch][size];
        if (since == 0) revert LogRegistryNotDemanded(logId, keyEpoch, size);
        if (size <= head.size()) revert LogRegistryNotAhead(logId, size, head.size());
        _requireEvidence(logId, head, keyEpoch);
        _mark(logId, since, _terms[head.policyId()].anchoring, true);
    }

    /// @inheritdoc ILogRegistry
    function proveSplitView(
        LogId logId,
        uint16 keyEpoch,
        uint64 size,
        bytes32 signedRoot,
        bytes calldata signature,
        bytes32 trueRoot,
        bytes32[] calldata proof
    ) external {
        Log storage log = _logs[logId];
        PackedHead head = _requireOpen(logId);
        if (signedRoot == trueRoot) revert LogRegistryNoContradiction(logId, size);
        if (!MerkleTree.verifyConsistency(size, head.size(), trueRoot, log.root, proof)) {
            revert LogRegistryInconsistent(logId, size, head.size());
        }
        _requireCheckpoint(Statements.Tree(logId, size, signedRoot), head, keyEpoch, signature);
        Head memory frozen = head.unpack();
        frozen.status = Status.Frozen;
        log.head = PackedHeads.pack(frozen);
        emit SplitViewProven(logId, keyEpoch, size, signedRoot, trueRoot, msg.sender);
    }

    /// @inheritdoc ILogRegistry
    function succeed(LogId logId, address checkpointKey) external whenRunning returns (LogId successor) {
        Log storage log = _logs[logId];
        Head memory head = _requireKnown(logId).unpack();
        if (head.status != Status.Frozen) revert LogRegistryNotFrozen(logId, head.status);
        _requireLatest(logId);
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.SUPERVISOR);
        if (member != _terms[head.policyId].supervisor) revert LogRegistryNotSupervisor(logId, member);

        uint64 baseIndex = log.baseIndex + head.size;
        head.size = 0;
        head.status = Status.Open;
        ++head.epoch;
        head.keyEpoch = 0;
        successor = logIdFor(log.lineage, head.epoch);
        log.successor = successor;
        _logs[successor].baseIndex = baseIndex;
        _begin(successor, log.lineage, head, checkpointKey);
        emit LogSucceeded(successor, logId, head.epoch, baseIndex, checkpointKey);
    }

    /// @inheritdoc ILogRegistry
    function isSilent(LogId logId) external view returns (bool) {
        PackedHead head = _requireKnown(logId);
        if (LogId.unwrap(_logs[logId].successor) != 0) return false;
        return _couldAct(head.lastAdvance(), uint40(block.timestamp)) > _terms[head.policyId()].silence;
    }

    /// @dev Starts an epoch: empty tree, first checkpoint key, and the lineage points to it.
    function _begin(LogId logId, Lineage lineage, Head memory head, address checkpointKey) private {
        Log storage log = _logs[logId];
        log.root = MerkleTree.EMPTY_ROOT;
        log.head = PackedHeads.pack(head);
        log.lineage = lineage;
        _lines[lineage].current = logId;
        _register(log, 0, checkpointKey);
    }

    function _register(Log storage log, uint16 keyEpoch, address checkpointKey) private {
        // A key signs by ECDSA alone; an address with code has none.
        if (checkpointKey == address(0) || checkpointKey.code.length != 0) revert LogRegistryInvalidKey(checkpointKey);
        log.keys[keyEpoch] = checkpointKey;
    }

    /// @dev Copies a policy's terms the first time a log is opened under it.
    function _load(uint32 policyId, ILogPolicies.Policy memory policy) private returns (Terms storage terms) {
        terms = _terms[policyId];
        if (terms.burst != 0) return terms;
        _terms[policyId] = Terms({
            burst: policy.burst,
            rate: policy.rate,
            witnesses: policy.witnesses,
            mirrors: policy.mirrors,
            silence: policy.silence,
            anchoring: policy.anchoring,
            clockSkew: policy.clockSkew,
            arbiter: policy.arbiter,
            supervisor: policy.supervisor,
            eligibleWitnesses: EligibleSet.pack(_POLICIES.eligibleWitnesses(policyId)),
            eligibleMirrors: EligibleSet.pack(_POLICIES.eligibleMirrors(policyId))
        });
    }

    /// @dev Marks a lapse that began at `since`. One mark stands for everything that was due when it was made.
    function _mark(LogId logId, uint40 since, uint32 period, bool demanded) private {
        _requireLatest(logId);
        Lineage lineage = _logs[logId].lineage;
        Line storage line = _lines[lineage];
        uint40 time = uint40(block.timestamp);
        uint40 elapsed = _couldAct(since, time);
        if (elapsed <= period) revert LogRegistryNotOverdue(logId, elapsed, period);
        if (_couldAct(since, line.lastMarked) > period) revert LogRegistryAlreadyMarked(lineage);
        if (line.overdueSince == 0) line.overdueSince = time;
        line.lastMarked = time;
        emit MarkedOverdue(lineage, logId, demanded, msg.sender);
    }

    /// @dev Open seconds from `since` to `moment` in which the registry let the owner act; 0 where it lies before.
    /// Elapsed time never decreases in its argument's order, so the difference is safe.
    function _couldAct(uint40 since, uint40 moment) private view returns (uint40) {
        (uint40 from, uint40 until) = _runningWithin(since);
        if (moment < until) until = moment;
        return until <= from ? 0 : _CLOCK.elapsed(from) - _CLOCK.elapsed(until);
    }

    function _requireOwned(LogId logId) private view returns (PackedHead head) {
        head = _requireOpen(logId);
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.LOG_OWNER);
        if (member != head.owner()) revert LogRegistryNotOwner(logId, member);
    }

    /// @dev Anyone brings evidence by the present key; a retired key may be in anyone's hands, so its evidence is the
    /// arbiter's to judge.
    function _requireEvidence(LogId logId, PackedHead head, uint16 keyEpoch) private view {
        if (keyEpoch == head.keyEpoch()) return;
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.ARBITER);
        if (member != _terms[head.policyId()].arbiter) revert LogRegistryNotArbiter(logId, member);
    }

    function _requireCheckpoint(
        Statements.Tree memory tree,
        PackedHead head,
        uint16 keyEpoch,
        bytes calldata signature
    ) private view {
        address key = _logs[tree.logId].keys[keyEpoch];
        if (!Statements.isCheckpoint(_domainSeparatorV4(), tree, keyEpoch, key, signature)) {
            revert LogRegistryInvalidCheckpoint(tree.logId, keyEpoch);
        }
        _requireEvidence(tree.logId, head, keyEpoch);
    }

    function _checkWitnesses(
        uint32 owner,
        Terms storage terms,
        Statements.Tree memory tree,
        Cosignature[] calldata given,
        uint40 after_
    ) private view {
        uint256 needed = terms.witnesses;
        if (needed == 0 && given.length == 0) return;
        Cosigners.Quorum memory quorum = Cosigners.Quorum({
            domain: _domainSeparatorV4(),
            typeHash: Statements.COSIGNATURE,
            capability: Capabilities.WITNESS,
            needed: needed,
            eligible: terms.eligibleWitnesses,
            owner: owner,
            office: "witness",
            after_: after_,
            latest: block.timestamp + terms.clockSkew
        });
        Cosigners.check(_MEMBERS, quorum, tree, given);
    }

    function _checkMirrors(
        uint32 owner,
        Terms storage terms,
        Statements.Tree memory tree,
        Cosignature[] calldata given
    ) private view {
        uint256 needed = terms.mirrors;
        if (needed == 0 && given.length == 0) return;
        Cosigners.Quorum memory quorum = Cosigners.Quorum({
            domain: _domainSeparatorV4(),
            typeHash: Statements.HOLDING,
            capability: Capabilities.MIRROR,
            needed: needed,
            eligible: terms.eligibleMirrors,
            owner: owner,
            office: "mirror",
            after_: 0,
            latest: block.timestamp + terms.clockSkew
        });
        Cosigners.check(_MEMBERS, quorum, tree, given);
    }

    /// @dev Nobody controls its own controls: an owner holds no office of its policy, and enough others are eligible.
    function _requireIndependent(uint32 owner, ILogPolicies.Policy memory policy, Terms storage terms) private view {
        if (owner == policy.supervisor) revert LogRegistryConflict(owner, "supervisor");
        if (owner == policy.arbiter) revert LogRegistryConflict(owner, "arbiter");
        if (owner == policy.ombudsman) revert LogRegistryConflict(owner, "ombudsman");
        _requireOthers(owner, "witness", terms.eligibleWitnesses, terms.witnesses);
        _requireOthers(owner, "mirror", terms.eligibleMirrors, terms.mirrors);
    }

    function _requireOthers(uint32 owner, string memory office, uint256 eligible, uint256 needed) private pure {
        if (!EligibleSet.has(eligible, owner)) return;
        if (EligibleSet.count(eligible) - 1 < needed) revert LogRegistryConflict(owner, office);
    }

    function _requireName(string calldata name) private pure {
        bytes calldata text = bytes(name);
        bool valid = text.length != 0 && text.length <= _MAX_NAME;
        for (uint256 i = 0; valid && i < text.length; ++i) valid = text[i] > 0x20 && text[i] < 0x7f;
        if (!valid) revert LogRegistryInvalidName(name);
    }
}
