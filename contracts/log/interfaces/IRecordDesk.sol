// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogId, RecordId} from "../LogTypes.sol";

/// @title Notice, dispute, correction and expiry of records
/// @notice A record is a leaf of a log; the desk holds only what people said about it. The subject of a record can
/// dispute and appeal, its owner must answer in time, an arbiter that is neither decides, and silence of whoever has to
/// speak goes against the record. All periods run on `IOpenClock`. Nothing here can be halted: it is all duties and
/// remedies.
interface IRecordDesk {
    /// @notice `Answered` is the owner's "upheld" while an appeal is open. Expired periods count at once, without a
    /// transaction: an unanswered dispute and an undecided appeal read `Lapsed`, an answer nobody appealed `Upheld`.
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

    /// @notice A record shown: header bytes (docs/record-format.md), its place and RFC 9162 inclusion proof.
    struct Shown {
        LogId logId;
        uint64 index;
        bytes header;
        bytes32[] proof;
    }

    /// @notice How the subject shows that a record is about it. Either by the header's one-time dispute address (it
    /// calls, or signed the act), or by opening the commitment (the subject's acting account calls, or signed the act).
    /// EIP-712 `Act(bytes32 recordId,uint8 act,uint32 round,bytes32 content,uint40 deadline)`; `act` is 1 acknowledge,
    /// 2 dispute, 3 appeal; domain: name "Stele RecordDesk", version "1".
    struct Standing {
        bytes32 subject; // zero: by the one-time address
        bytes32 salt; // of the commitment
        uint40 deadline; // of the signature, block seconds
        bytes signature; // empty: the caller acts itself
    }

    /// @notice What storage holds of a record; two slots.
    struct Entry {
        // slot 0
        State state; // as last written
        uint40 noticedAt; // seconds, 0 for never
        uint40 since; // seconds; start of the running period
        uint32 round; // disputes so far
        bool complained; // somebody complained at least once
        uint64 correctedBy; // index of the correction in the same log epoch
        address disputant; // who may appeal by calling
    }

    struct Complaint {
        // slot 0
        uint40 since; // seconds
        uint8 phase; // 0 none, 1 open, 2 answered, 3 appealed, 4 ruled
    }

    /// @notice Everything about a record at this moment.
    struct Status {
        State state; // now, with expired periods counted
        bool valid; // included, noticed where needed, standing, not from the future, not expired
        bool disputed; // a dispute, appeal or complaint is open
        uint40 anchoredBy; // seconds
        uint40 expires; // seconds, 0 for never
    }

    event RecordNoticed(RecordId indexed recordId, LogId indexed logId, uint64 index, bool bySubject);
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
    event RecordCorrected(RecordId indexed recordId, RecordId indexed correction, uint64 correctionIndex);
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
    error RecordDeskTooLate(RecordId recordId, uint40 elapsed, uint40 period);
    error RecordDeskExpired(uint40 deadline);
    error RecordDeskNeedsNewEvidence(RecordId recordId);
    error RecordDeskNotACorrection(RecordId recordId, uint64 correctionIndex);
    error RecordDeskTooManyComplaints(bytes32 subject, uint256 open);
    error RecordDeskNoComplaint(RecordId recordId, bytes32 subject);

    /// @notice The subject says that it knows of the record.
    function acknowledge(Shown calldata record, Standing calldata standing) external;

    /// @notice The policy's ombudsman attests that notice was served.
    /// @param content hash of the attestation, kept off chain
    function attestService(LogId logId, uint64 index, bytes32 content) external;

    /// @notice The subject disputes. The first dispute is open for the policy's period and needs no evidence; a later
    /// or another one needs evidence that was not used for this record before.
    /// @param reason code of the published reason
    /// @param evidence hash of the evidence, kept off chain; zero for none
    function dispute(Shown calldata record, Standing calldata standing, bytes32 reason, bytes32 evidence) external;

    /// @notice The owner answers in time; suspended or not.
    function answer(LogId logId, uint64 index, Outcome outcome, bytes32 content) external;

    /// @notice The owner corrects, with or without a dispute: names a later record of the same log, itself neither
    /// corrected nor withdrawn, that is open to the same subject (same one-time address, or both commitments opened).
    /// @param openings subject, salt of the record, salt of the correction; empty where the dispute address serves
    function correct(Shown calldata record, Shown calldata correction, bytes32[] calldata openings) external;

    /// @notice The owner withdraws the record, with or without a dispute.
    function withdraw(LogId logId, uint64 index, bytes32 reason) external;

    /// @notice The subject appeals against an answer in time.
    function appeal(Shown calldata record, Standing calldata standing, bytes32 content) external;

    /// @notice The policy's arbiter rules on an appeal in time.
    function rule(LogId logId, uint64 index, Outcome outcome, bytes32 content) external;

    /// @notice Anyone who is an enrolled subject complains about a record whose opening is withheld. Starts the same
    /// clock as a dispute: an owner that does not answer loses the record. At most 4 open complaints a subject.
    function complain(LogId logId, uint64 index, bytes32 reason) external;

    /// @notice The owner answers a complaint: delivers the opening off chain, or says why it owes none.
    function answerComplaint(LogId logId, uint64 index, bytes32 subject, bytes32 content) external;

    /// @notice The complainant appeals against such an answer.
    function appealComplaint(LogId logId, uint64 index, bytes32 content) external;

    /// @notice The arbiter rules on the complaint; `Withdraw` ends the record.
    function ruleComplaint(LogId logId, uint64 index, bytes32 subject, Outcome outcome, bytes32 content) external;

    /// @notice Writes down that a complaint stayed without answer or ruling in time; the record lapses. Anyone.
    function lapseComplaint(LogId logId, uint64 index, bytes32 subject) external;

    /// @notice Everything, for whoever can show the record.
    function stateOf(Shown calldata record) external view returns (Status memory);

    /// @notice State from storage alone, with expired periods counted: for callers that know the record is included.
    function flagsOf(RecordId recordId) external view returns (State state, bool noticed, bool disputed);

    function entryOf(RecordId recordId) external view returns (Entry memory);
    function complaintOf(RecordId recordId, bytes32 subject) external view returns (Complaint memory);
    function recordIdFor(LogId logId, uint64 index) external pure returns (RecordId);
}
