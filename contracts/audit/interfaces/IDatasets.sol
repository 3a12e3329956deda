// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DatasetId, EngagementId} from "../AuditTypes.sol";

/// @title Datasets that stay with the agencies, and challenges to produce a piece of them in time
/// @notice The member that holds a dataset registers the RFC 9162 root over the 1 KiB chunks of its ciphertext. Mirrors
/// sign for having it. An auditor inside an engagement challenges the holder or a mirror: a later block's hash draws a
/// chunk, and who does not produce it in time is marked for good. An answer shows "could produce it in time", no more:
/// whoever fetches the chunk from a mirror on demand answers as well.
/// @dev The draw: chunk = uint256(keccak256(abi.encode(blockhash(drawBlock), challengeId))) % chunks. There is no other
/// randomness on a BFT chain; the proposer of that block chooses among the blocks it could propose, and so among
/// chunks. Chunks are independent draws, so a holder that lost a share s of them passes n challenges of honest
/// proposers with (1 - s)^n.
interface IDatasets {
    enum ChallengeState {
        None,
        Pending, // the chunk is not drawn yet; for good once the time to draw is over
        Drawn, // the time to answer runs
        Answered,
        Missed // marked
    }

    struct Dataset {
        bytes32 root; // RFC 9162 root; a leaf's data is one chunk of 1,024 bytes, the last may be shorter
        // slot 1
        uint64 size; // bytes of the ciphertext, at least 1
        uint32 holder; // member
        uint40 registeredAt; // seconds
        uint40 retiredAt; // seconds, of the notice; 0 while it is kept
        uint8 mirrorsPromised; // how many mirrors the holder promised
        uint8 mirrors; // how many vouch now
    }

    /// @notice How one member stands to one dataset, as its holder or as a mirror.
    struct Standing {
        uint40 vouchedAt; // seconds, as the mirror's latest statement says; 0 while it does not vouch
        uint40 withdrawnAt; // seconds, of its latest withdrawal
        uint40 answeredAt; // seconds, of its latest answer in time
        uint40 missedAt; // seconds, of its latest miss
        uint32 answered; // challenges
        uint32 missed; // challenges
    }

    struct Challenge {
        DatasetId datasetId;
        // slot 1
        uint32 respondent; // member
        uint32 office; // member, of the engagement
        uint40 openedAt; // seconds; the time to draw runs from here
        uint40 drawnAt; // seconds; the time to answer runs from here
        uint48 drawBlock; // whose hash draws the chunk
        uint56 chunk; // once drawn; 2^64 bytes have 2^54 chunks
        ChallengeState state;
    }

    /// @notice What a mirror signs, EIP-712: `Possession(bytes32 datasetId,uint40 time)`; domain: name "Stele
    /// Datasets", version "1", this chain, this contract.
    struct Possession {
        address signer; // EOA or ERC-1271
        uint40 time; // seconds, of the mirror's clock
        bytes signature;
    }

    event DatasetRegistered(
        DatasetId indexed datasetId,
        uint32 indexed holder,
        bytes32 root,
        uint64 size,
        uint8 mirrorsPromised,
        string mediaType
    );
    event DatasetRetired(DatasetId indexed datasetId);
    event PossessionConfirmed(DatasetId indexed datasetId, uint32 indexed mirror, uint40 time);
    event PossessionWithdrawn(DatasetId indexed datasetId, uint32 indexed mirror);
    event ChallengeOpened(
        uint64 indexed challengeId,
        DatasetId indexed datasetId,
        uint32 indexed respondent,
        EngagementId engagementId,
        address auditor,
        uint48 drawBlock
    );
    event ChallengeRearmed(uint64 indexed challengeId, uint48 drawBlock);
    event ChunkDrawn(uint64 indexed challengeId, uint64 chunk);
    event ChallengeAnswered(uint64 indexed challengeId, address indexed by);
    event ChallengeMissed(uint64 indexed challengeId, DatasetId indexed datasetId, uint32 indexed respondent);

    error DatasetsUnknown(DatasetId datasetId);
    error DatasetsExists(DatasetId datasetId);
    error DatasetsInvalid(string field);
    error DatasetsNotHolder(DatasetId datasetId, uint32 member);
    error DatasetsRetiredAlready(DatasetId datasetId);
    error DatasetsInvalidPossession(address signer);
    error DatasetsPossessionTime(address signer, uint40 time);
    error DatasetsIneligible(address signer, uint32 member);
    error DatasetsNotMirror(DatasetId datasetId, uint32 member);
    error DatasetsNotAuditee(uint32 holder, uint32 auditee);
    error DatasetsChallengesExhausted(uint32 office, uint32 respondent, uint256 limit);
    error DatasetsUnknownChallenge(uint64 challengeId);
    error DatasetsChallengeState(uint64 challengeId, ChallengeState state);
    error DatasetsTooEarly(uint64 challengeId, uint48 drawBlock);
    error DatasetsNotRespondent(uint64 challengeId, uint32 member);
    error DatasetsLate(uint64 challengeId, uint40 elapsed, uint40 period);
    error DatasetsNotMissed(uint64 challengeId, uint40 elapsed, uint40 period);
    error DatasetsWrongChunk(uint64 challengeId, uint64 chunk);

    /// @notice Registers a dataset of the caller's member (`DATASET_HOLDER`).
    /// @param root not zero
    /// @param size bytes, at least 1
    /// @param mediaType RFC 6838 type of the plaintext, 3 to 127 bytes of visible ASCII; only in the event
    /// @param mirrorsPromised at most 8; a promise that monitors hold the holder to
    /// @param possessions as in `confirm`
    function register(
        bytes32 root,
        uint64 size,
        string calldata mediaType,
        uint8 mirrorsPromised,
        Possession[] calldata possessions
    ) external returns (DatasetId datasetId);

    /// @notice Files mirrors' statements, at most 8 at once. Caller: anyone. Each signer acts for a member with
    /// `MIRROR` that is not the holder. Its time is at most 10 minutes ahead and 7 days ago, later than in the member's
    /// last statement, and more than 10 minutes after its last withdrawal: nothing that was signed before a withdrawal
    /// counts after it. A dataset has at most 32 mirrors ever.
    function confirm(DatasetId datasetId, Possession[] calldata possessions) external;

    /// @notice A mirror vouches no longer. It still owes answers to challenges it was given before. Caller: the
    /// mirror's member. Never halted.
    function withdraw(DatasetId datasetId) external;

    /// @notice The holder gives notice, once, that it will not keep the dataset. It can be challenged for 30 open days
    /// more; mirrors for as long as they vouch. Caller: the holder. Never halted.
    function retire(DatasetId datasetId) external;

    /// @notice Challenges the holder or a mirror that vouches. Caller: an auditor of the engagement, whose auditee is
    /// the holder; the respondent is neither the office nor the auditor's own member. An office may challenge a
    /// respondent 16 times in a UTC day. Never halted.
    /// @return challengeId counted from 1
    function challenge(
        DatasetId datasetId,
        uint32 respondent,
        EngagementId engagementId
    ) external returns (uint64 challengeId);

    /// @notice Draws the chunk from the hash of `drawBlock`, which must be in the past; the time to answer starts.
    /// Caller: anyone, so that a respondent can have it over with. Where the hash is not at hand any more (after 256
    /// blocks) a later block is named instead; caller: the office's member alone, so that no respondent waits for a
    /// chunk that suits it. A challenge that is not drawn within an open day never will be. Never halted.
    function draw(uint64 challengeId) external;

    /// @notice Produces the chunk. Caller: the respondent's member, whatever became of it since. Never halted.
    /// @param chunk its bytes: 1,024, or what is left for the last
    /// @param proof RFC 9162 2.1.3 inclusion proof to the dataset's root
    function answer(uint64 challengeId, bytes calldata chunk, bytes32[] calldata proof) external;

    /// @notice Marks a challenge that was not answered in time. Caller: anyone. Never halted.
    function markMissed(uint64 challengeId) external;

    /// @notice Reverts for an unknown id, as the getters below.
    function datasetOf(DatasetId datasetId) external view returns (Dataset memory);
    function standingOf(DatasetId datasetId, uint32 member) external view returns (Standing memory);
    function challengeOf(uint64 challengeId) external view returns (Challenge memory);

    /// @notice Members that ever vouched for the dataset, in the order of their first statement, at most 32.
    function mirrorsOf(DatasetId datasetId) external view returns (uint32[] memory);

    /// @notice How many challenges there were; ids run from 1 to this number.
    function challengeCount() external view returns (uint64);

    /// @notice How many times the office may challenge the respondent today.
    function challengesLeft(uint32 office, uint32 respondent) external view returns (uint256);

    /// @notice Open seconds to answer from the draw on.
    function answerPeriod() external view returns (uint40);

    /// @notice The id of a dataset, registered or not yet.
    function datasetFor(uint32 holder, bytes32 root, uint64 size) external view returns (DatasetId);
}
