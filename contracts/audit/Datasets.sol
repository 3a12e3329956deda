// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Capabilities} from "../authority/Capabilities.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {IOpenClock} from "../authority/interfaces/IOpenClock.sol";
import {DatasetId, EngagementId} from "./AuditTypes.sol";
import {DatasetRegister} from "./datasets/DatasetRegister.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {IEngagements} from "./interfaces/IEngagements.sol";
import {Chunks} from "./libraries/Chunks.sol";

/// @title Datasets that stay with the agencies, and challenges to produce a piece of them in time
/// @dev Challenges and all that follows from them are never halted. Time runs on `OpenClock`.
contract Datasets is DatasetRegister {
    struct Quota {
        uint32 day; // UTC, since 1970
        uint8 used;
    }

    /// @notice How often an office may challenge a respondent in a UTC day, in all its engagements together.
    uint8 public constant DAILY_CHALLENGES = 16;
    /// @notice Open seconds in which the holder can still be challenged after its notice.
    uint40 public constant NOTICE = 30 days;
    /// @notice Open seconds in which a challenge can be drawn. Shorter than `NOTICE`, so that nobody is asked years
    /// later for what it was free to forget.
    uint40 public constant DRAW_PERIOD = 1 days;

    IOpenClock private immutable _CLOCK;
    IEngagements private immutable _ENGAGEMENTS;
    uint40 private immutable _ANSWER_PERIOD;

    uint64 private _challengeCount;
    mapping(uint64 challengeId => Challenge) private _challenges;
    mapping(uint32 office => mapping(uint32 respondent => Quota)) private _quotas;

    constructor(
        address authority,
        IMembers members,
        IOpenClock clock,
        IEngagements engagements,
        bytes32 suiteId,
        uint40 answerPeriod_
    ) AccessManaged(authority) DatasetRegister(members, suiteId) {
        if (answerPeriod_ == 0) revert DatasetsInvalid("answerPeriod");
        _CLOCK = clock;
        _ENGAGEMENTS = engagements;
        _ANSWER_PERIOD = answerPeriod_;
    }

    /// @inheritdoc IDatasets
    function challenge(
        DatasetId datasetId,
        uint32 respondent,
        EngagementId engagementId
    ) external returns (uint64 challengeId) {
        Dataset storage dataset = _known(datasetId);
        (uint32 office, uint32 auditee) = _ENGAGEMENTS.requireAuditor(engagementId, msg.sender);
        uint32 holder = dataset.holder;
        if (holder != auditee) revert DatasetsNotAuditee(holder, auditee);
        _requireIndependent(respondent, office);
        if (respondent == holder) _requireKept(datasetId, dataset.retiredAt);
        else if (_standing(datasetId, respondent).vouchedAt == 0) revert DatasetsNotMirror(datasetId, respondent);
        _spend(office, respondent);

        challengeId = ++_challengeCount;
        uint48 drawBlock = _nextBlock();
        Challenge storage opened = _challenges[challengeId];
        opened.datasetId = datasetId;
        opened.respondent = respondent;
        opened.office = office;
        opened.openedAt = _now();
        opened.drawBlock = drawBlock;
        opened.state = ChallengeState.Pending;
        emit ChallengeOpened(challengeId, datasetId, respondent, engagementId, msg.sender, drawBlock);
    }

    /// @inheritdoc IDatasets
    function draw(uint64 challengeId) external {
        Challenge storage pending = _inState(challengeId, ChallengeState.Pending);
        uint40 elapsed = _CLOCK.elapsed(pending.openedAt);
        if (elapsed > DRAW_PERIOD) revert DatasetsLate(challengeId, elapsed, DRAW_PERIOD);
        uint48 drawBlock = pending.drawBlock;
        if (block.number <= drawBlock) revert DatasetsTooEarly(challengeId, drawBlock);
        bytes32 blockHash = blockhash(drawBlock);
        if (blockHash == 0) {
            _rearm(challengeId, pending);
            return;
        }
        uint56 chunk = Chunks.drawn(blockHash, challengeId, _known(pending.datasetId).size);
        pending.drawnAt = _now();
        pending.chunk = chunk;
        pending.state = ChallengeState.Drawn;
        emit ChunkDrawn(challengeId, chunk);
    }

    /// @inheritdoc IDatasets
    function answer(uint64 challengeId, bytes calldata chunk, bytes32[] calldata proof) external {
        Challenge storage drawn = _inState(challengeId, ChallengeState.Drawn);
        DatasetId datasetId = drawn.datasetId;
        uint32 respondent = drawn.respondent;
        Dataset storage dataset = _known(datasetId);
        // A duty: suspension and capabilities lost since do not matter.
        uint32 member = MEMBERS.requireDuty(
            msg.sender,
            respondent == dataset.holder ? Capabilities.DATASET_HOLDER : Capabilities.MIRROR
        );
        if (member != respondent) revert DatasetsNotRespondent(challengeId, member);
        uint40 elapsed = _CLOCK.elapsed(drawn.drawnAt);
        if (elapsed > _ANSWER_PERIOD) revert DatasetsLate(challengeId, elapsed, _ANSWER_PERIOD);
        uint56 index = drawn.chunk;
        if (!Chunks.isAt(chunk, index, dataset.size, dataset.root, proof))
            revert DatasetsWrongChunk(challengeId, index);

        drawn.state = ChallengeState.Answered;
        Standing storage standing = _standing(datasetId, respondent);
        standing.answeredAt = _now();
        ++standing.answered;
        emit ChallengeAnswered(challengeId, msg.sender);
    }

    /// @inheritdoc IDatasets
    function markMissed(uint64 challengeId) external {
        Challenge storage drawn = _inState(challengeId, ChallengeState.Drawn);
        uint40 elapsed = _CLOCK.elapsed(drawn.drawnAt);
        if (elapsed <= _ANSWER_PERIOD) revert DatasetsNotMissed(challengeId, elapsed, _ANSWER_PERIOD);
        drawn.state = ChallengeState.Missed;
        (DatasetId datasetId, uint32 respondent) = (drawn.datasetId, drawn.respondent);
        Standing storage standing = _standing(datasetId, respondent);
        standing.missedAt = _now();
        ++standing.missed;
        emit ChallengeMissed(challengeId, datasetId, respondent);
    }

    /// @inheritdoc IDatasets
    function challengeOf(uint64 challengeId) external view returns (Challenge memory found) {
        found = _challenges[challengeId];
        if (found.state == ChallengeState.None) revert DatasetsUnknownChallenge(challengeId);
    }

    /// @inheritdoc IDatasets
    function challengeCount() external view returns (uint64) {
        return _challengeCount;
    }

    /// @inheritdoc IDatasets
    function challengesLeft(uint32 office, uint32 respondent) external view returns (uint256) {
        Quota memory quota = _quotas[office][respondent];
        return quota.day == _day() ? DAILY_CHALLENGES - quota.used : DAILY_CHALLENGES;
    }

    /// @inheritdoc IDatasets
    function answerPeriod() external view returns (uint40) {
        return _ANSWER_PERIOD;
    }

    /// @dev Whoever could draw again at will would draw until the chunk suits it.
    function _rearm(uint64 challengeId, Challenge storage pending) private {
        uint32 member = MEMBERS.requireDuty(msg.sender, 0);
        if (member != pending.office) revert DatasetsIneligible(msg.sender, member);
        uint48 drawBlock = _nextBlock();
        pending.drawBlock = drawBlock;
        emit ChallengeRearmed(challengeId, drawBlock);
    }

    function _spend(uint32 office, uint32 respondent) private {
        Quota storage quota = _quotas[office][respondent];
        uint32 day = _day();
        uint8 used = quota.day == day ? quota.used : 0;
        if (used == DAILY_CHALLENGES) revert DatasetsChallengesExhausted(office, respondent, DAILY_CHALLENGES);
        quota.day = day;
        quota.used = used + 1;
    }

    /// @dev Nobody asks itself. (The auditee is neither the office nor the auditor's member: see `Engagements`.)
    function _requireIndependent(uint32 respondent, uint32 office) private view {
        uint32 auditor = MEMBERS.requireCapability(msg.sender, Capabilities.AUDITOR);
        if (respondent == office || respondent == auditor) revert DatasetsIneligible(msg.sender, respondent);
    }

    function _requireKept(DatasetId datasetId, uint40 retiredAt) private view {
        if (retiredAt != 0 && _CLOCK.elapsed(retiredAt) > NOTICE) revert DatasetsRetiredAlready(datasetId);
    }

    function _inState(uint64 challengeId, ChallengeState state) private view returns (Challenge storage found) {
        found = _challenges[challengeId];
        ChallengeState actual = found.state;
        if (actual == ChallengeState.None) revert DatasetsUnknownChallenge(challengeId);
        if (actual != state) revert DatasetsChallengeState(challengeId, actual);
    }

    /// @dev Its hash is nobody's before it is proposed.
    function _nextBlock() private view returns (uint48) {
        return uint48(block.number + 1); // 2^48 blocks of a millisecond are 8,900 years
    }

    function _day() private view returns (uint32) {
        return uint32(block.timestamp / 1 days); // days fit in 32 bits for 11 million years
    }
}
