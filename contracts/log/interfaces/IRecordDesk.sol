// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogId, RecordId} from "../LogTypes.sol";

/// @title Notice, dispute, correction and expiry of records
/// @notice A record is a leaf of a log; the desk holds only what people said about it. The subject of a record can
/// dispute and appeal, its owner must answer in time, an arbiter that is neither decides, and silence of whoever has to
/// speak goes against the record. All periods run on `IOpenClock`; an act is in time up to and including the last
/// second of its period. Nothing here can be halted, and a frozen log changes nothing: it is all duties and remedies.
/// @dev Warning: whoever holds a one-time dispute address was named by the log's owner. Where a record also commits to
/// a subject, the subject that opens the commitment has rounds of its own and takes over a dispute by the address.
interface IRecordDesk {
    /// @notice `Answered` is the owner's "upheld" while an appeal is open. Expired periods count at once, without a
    /// transaction: an unanswered dispute and an undecided appeal read `Lapsed`, an answer nobody appealed `Upheld`.
    /// The last three are final.
    enum State {
        Recorded,
        Noticed,
        Disputed,
        Answered,
        Appealed,
        Upheld,
        Corrected,
        Withdrawn,
        Lapsed
    }

    enum Outcome {
        Uphold,
        Withdraw
    }

    /// @notice A complaint is open while the owner (`Open`) or the arbiter (`Appealed`) owes an answer.
    enum Phase {
        None,
        Open,
        Answered,
        Appealed,
        Ruled,
        Lapsed
    }

    /// @notice A record shown: header bytes (docs/record-format.md), its place and RFC 9162 inclusion proof.
    struct Shown {
        LogId logId;
        uint64 index;
        bytes header;
        bytes32[] proof;
    }

    /// @notice How the subject shows that a record is about it. Either by the header's one-time dispute address (it
    /// calls, or signed the act), or by opening the commitment (the subject's acting account calls, or signed the act).
    /// EIP-712 `Act(bytes32 recordId,bytes32 subject,uint8 act,uint32 round,bytes32 content,uint40 deadline)`; domain:
    /// name "Stele RecordDesk", version "1". `act`, `round` and `content` are: 1 acknowledge, 0, 0; 2 dispute, one more
    /// than the disputes so far by the same standing, keccak256(abi.encode(reason, evidence)); 3 appeal, the number of
    /// all disputes so far, the appeal's content.
    struct Standing {
        bytes32 subject; // zero: by the one-time address
        bytes32 salt; // of the commitment
        uint40 deadline; // of the signature, block seconds
        bytes signature; // empty: the caller acts itself
    }

    /// @notice What storage holds of a record; one slot.
    struct Entry {
        // slot 0
        State state; // as last written
        uint40 noticedAt; // seconds, 0 for never
        uint40 since; // seconds; start of the running period
        uint8 addressRounds; // disputes so far by the one-time address
        uint8 openingRounds; // disputes so far by opening the commitment
        bool opened; // the latest dispute was by opening
        uint32 openComplaints; // complaints to which the owner or the arbiter owes an answer
        uint32 policyId; // of the log; 0 until something was written
        uint64 correctedBy; // index of the correction in the same log epoch
    }

    /// @notice One subject's complaint about one record; one slot.
    struct Complaint {
        // slot 0
        uint40 since; // seconds; start of the running period
        Phase phase;
        uint32 appealPeriod; // of the policy, kept here since a subject's complaints lie in several logs
    }

    /// @notice Everything about a record at this moment; all zero where the record is not in the log.
    struct Status {
        State state; // now, with expired periods counted
        bool included; // the header is well formed, of this log, and its leaf is in the log
        bool noticed;
        bool valid; // noticed where needed, not ended, not from the future, of a known class, not expired
        bool disputed; // a dispute, an answer that may be appealed, an appeal or a complaint is open
        uint40 anchoredBy; // seconds
        uint40 expires; // seconds, first second in which it is not valid any more; 0 for never
    }

    /// @param content hash of the ombudsman's attestation, zero where the subject acknowledged
    event RecordNoticed(RecordId indexed recordId, LogId indexed logId, uint64 index, bool bySubject, bytes32 content);
    /// @dev The first dispute is notice, too; it has no event of its own.
    event RecordDisputed(
        RecordId indexed recordId,
        LogId indexed logId,
        uint64 index,
        uint32 round,
        bytes32 reason,
        bytes32 evidence
    );
    event RecordAnswered(RecordId indexed recordId, uint32 round, Outcome outcome, bytes32 content);
    event RecordAppealed(RecordId indexed recordId, uint32 round, bytes32 content);
    event RecordRuled(RecordId indexed recordId, uint32 round, Outcome outcome, bytes32 content);
    event RecordCorrected(
        RecordId indexed recordId,
        LogId indexed logId,
        uint64 index,
        RecordId indexed correction,
        uint64 correctionIndex
    );
    /// @notice The record ended as withdrawn: by its owner, by an answer or by a ruling.
    event RecordWithdrawn(RecordId indexed recordId, LogId indexed logId, uint64 index, bytes32 reason);
    event ComplaintMade(
        RecordId indexed recordId,
        bytes32 indexed subject,
        LogId indexed logId,
        uint64 index,
        bytes32 reason
    );
    event ComplaintAnswered(RecordId indexed recordId, bytes32 indexed subject, bytes32 content);
    event ComplaintAppealed(RecordId indexed recordId, bytes32 indexed subject, bytes32 content);
    event ComplaintRuled(RecordId indexed recordId, bytes32 indexed subject, Outcome outcome, bytes32 content);
    event ComplaintLapsed(RecordId indexed recordId, bytes32 indexed subject);

    error RecordDeskInvalidHeader(string field);
    error RecordDeskWrongLog(LogId given, bytes32 inHeader);
    error RecordDeskNotIncluded(LogId logId, uint64 index);
    error RecordDeskNotSubject(RecordId recordId);
    error RecordDeskNotOwner(LogId logId, uint32 member);
    error RecordDeskNotArbiter(LogId logId, uint32 member);
    error RecordDeskNotOmbudsman(LogId logId, uint32 member);
    error RecordDeskWrongState(RecordId recordId, State state);
    error RecordDeskWrongRound(RecordId recordId, uint32 given, uint32 actual);
    error RecordDeskTooLate(RecordId recordId, uint40 elapsed, uint40 period);
    error RecordDeskTooEarly(RecordId recordId, uint40 elapsed, uint40 period);
    error RecordDeskExpired(uint40 deadline);
    error RecordDeskNeedsNewEvidence(RecordId recordId);
    error RecordDeskTooManyRounds(RecordId recordId, uint256 rounds);
    error RecordDeskNotACorrection(RecordId recordId, uint64 correctionIndex);
    error RecordDeskTooManyComplaints(bytes32 subject, uint256 open);
    error RecordDeskComplainedBefore(RecordId recordId, bytes32 subject);
    error RecordDeskWrongPhase(RecordId recordId, bytes32 subject, Phase phase);

    /// @notice The subject says that it knows of the record.
    function acknowledge(Shown calldata record, Standing calldata standing) external;

    /// @notice The policy's ombudsman (`OMBUDSMAN`) attests that notice was served.
    /// @param content hash of the attestation, kept off chain
    function attestService(LogId logId, uint64 index, bytes32 content) external;

    /// @notice The subject disputes; that is notice, too. The first dispute is open for the policy's period (after
    /// notice where the policy needs it, after anchoring elsewhere) and needs no evidence; a later or another one needs
    /// evidence that was not used for this record before. One dispute is open at a time, except that the subject by
    /// opening takes over from the one-time address; at most 8 by each of the two standings.
    /// @dev Warning: opening the commitment shows everybody who the subject is; the one-time address does not. A
    /// subject whose account a member holds cannot take over.
    /// @param reason code of the published reason
    /// @param evidence hash of the evidence, kept off chain; zero for none
    function dispute(Shown calldata record, Standing calldata standing, bytes32 reason, bytes32 evidence) external;

    /// @notice The owner (`LOG_OWNER`) answers in time; suspended or not.
    /// @param round which dispute it answers: the number of all disputes so far, as in `RecordDisputed`
    function answer(LogId logId, uint64 index, uint32 round, Outcome outcome, bytes32 content) external;

    /// @notice The owner corrects, with or without a dispute: names a later record of the same log, itself neither
    /// corrected, withdrawn nor lapsed, that is open to the same subject: both have one non-zero dispute address, or
    /// both commitments open to one subject. A record that commits to nobody is corrected by one that commits to nobody
    /// and has the same dispute address, if any.
    /// @param openings subject, salt of the record, salt of the correction; empty where the dispute address serves
    function correct(Shown calldata record, Shown calldata correction, bytes32[] calldata openings) external;

    /// @notice The owner withdraws the record, with or without a dispute.
    function withdraw(LogId logId, uint64 index, bytes32 reason) external;

    /// @notice The subject appeals against an answer in time: in the standing of the dispute, or by opening.
    function appeal(Shown calldata record, Standing calldata standing, bytes32 content) external;

    /// @notice The policy's arbiter (`ARBITER`) rules on an appeal in time.
    /// @param round as in `answer`
    function rule(LogId logId, uint64 index, uint32 round, Outcome outcome, bytes32 content) external;

    /// @notice Anyone who is an enrolled subject complains about a record whose opening is withheld. Starts the same
    /// clock as a dispute: an owner that does not answer loses the record. One complaint a subject and record, and at
    /// most 4 at a time a subject: one is done with when it is ruled or lapsed, when its answer was not appealed in
    /// time, and when the record has ended. It uses up nobody's right to dispute.
    function complain(LogId logId, uint64 index, bytes32 reason) external;

    /// @notice The owner answers a complaint in time: delivers the opening off chain, or says why it owes none. The
    /// record stays as it is.
    function answerComplaint(LogId logId, uint64 index, bytes32 subject, bytes32 content) external;

    /// @notice The complainant appeals against such an answer in time.
    function appealComplaint(LogId logId, uint64 index, bytes32 content) external;

    /// @notice The arbiter rules on the complaint in time; `Withdraw` ends the record.
    function ruleComplaint(LogId logId, uint64 index, bytes32 subject, Outcome outcome, bytes32 content) external;

    /// @notice Writes down that a complaint stayed without answer or ruling in time; the record lapses. Anyone. Until
    /// then nobody can answer any more, and the record reads as disputed.
    function lapseComplaint(LogId logId, uint64 index, bytes32 subject) external;

    /// @notice Everything, for whoever can show the record. A record that is under dispute is still valid and always
    /// says that it is disputed; whoever relies on it decides whether that is enough. Reverts only for an unknown log.
    function stateOf(Shown calldata record) external view returns (Status memory);

    /// @notice State from storage alone, with expired periods counted: for callers that know the record is included.
    function flagsOf(RecordId recordId) external view returns (State state, bool noticed, bool disputed);

    function entryOf(RecordId recordId) external view returns (Entry memory);
    function complaintOf(RecordId recordId, bytes32 subject) external view returns (Complaint memory);

    /// @notice The records of a subject's last complaints; some of them may be done with.
    function complaintsOf(bytes32 subject) external view returns (RecordId[4] memory);
    function recordIdFor(LogId logId, uint64 index) external pure returns (RecordId);
}
