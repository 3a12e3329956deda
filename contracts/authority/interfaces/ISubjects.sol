// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title People, as pairwise pseudonyms bound to accounts
/// @notice A subject id is made of the enrolling member, a domain and a commitment that only the person and the member
/// can open, so nobody can occupy another's id and two members' ids of one person cannot be linked. No name, number or
/// score of a person is on chain.
/// @dev Periods run on `IOpenClock`. Enrolment, claims and recoveries carry the consent of the account that is bound,
/// as an EIP-712 signature (EOA or ERC-1271) in the domain "Stele Subjects", version "1": `Bind(bytes32 subject,address
/// account,uint40 deadline)` for a person's own account, `Hold(bytes32 subject,address account,uint40 deadline)` for
/// one the member keeps, so that a person's consent never makes a held account. An account is bound once in its life.
interface ISubjects {
    enum RecoveryPhase {
        None,
        Pending, // seconded; the account is contested and can only veto
        Vetoed, // with the arbiter
        Granted // by the arbiter; completes after the longer delay, no veto stops it
    }

    struct Subject {
        // slot 0
        address account;
        uint32 member; // that enrolled the person
        bool held; // the member keeps the account's key for the person, until it is claimed
    }

    /// @notice One member's proposal. Each member has its own, so none can stand in another's way; it binds nobody
    /// before a second member joins, and it is void once the subject's account has changed.
    struct Proposal {
        // slot 0
        address newAccount;
        uint40 since; // seconds
        // slot 1
        address account; // of the subject when it was proposed
    }

    /// @notice A seconded recovery.
    struct Recovery {
        // slot 0
        address newAccount;
        uint40 since; // seconds; start of the phase
        RecoveryPhase phase;
        // slot 1
        uint32 proposer;
        uint32 seconder;
        uint32 arbiter;
    }

    event SubjectEnrolled(bytes32 indexed subject, address indexed account, uint32 indexed member, bool held);
    event SubjectClaimed(bytes32 indexed subject, address indexed from, address indexed to);
    event RecoveryProposed(bytes32 indexed subject, address indexed newAccount, uint32 indexed member);
    event RecoveryWithdrawn(bytes32 indexed subject, address indexed newAccount, uint32 indexed member);
    event RecoverySeconded(bytes32 indexed subject, address indexed newAccount, uint32 indexed member, uint32 proposer);
    event RecoveryVetoed(bytes32 indexed subject, address indexed account);
    event RecoveryDecided(bytes32 indexed subject, uint32 indexed arbiter, bool granted);
    event RecoveryClosed(bytes32 indexed subject, address indexed newAccount);
    event AccountChanged(bytes32 indexed subject, address indexed from, address indexed to);

    error SubjectsInvalidPeriods(uint40 decisionPeriod, uint40 recoveryDelay, uint40 arbitratedDelay);
    error SubjectsUnknown(bytes32 subject);
    error SubjectsTaken(bytes32 subject);
    error SubjectsAccountTaken(address account, bytes32 subject);
    error SubjectsInvalidAccount(address account);
    error SubjectsInvalidConsent(address account);
    error SubjectsExpired(uint40 deadline);
    error SubjectsNotHeld(bytes32 subject);
    error SubjectsNotOfficer(address account, uint32 member);
    error SubjectsWrongPhase(bytes32 subject, RecoveryPhase phase);
    error SubjectsNotProposed(bytes32 subject, uint32 proposer);
    error SubjectsMemberNotActive(uint32 member);
    error SubjectsSameMember(uint32 member);
    error SubjectsWrongAccount(address given, address expected);
    error SubjectsTooEarly(bytes32 subject, uint40 elapsed, uint40 period);
    error SubjectsTooLate(bytes32 subject, uint40 elapsed, uint40 period);

    /// @notice The id that a member's commitment has: keccak256(abi.encode(suiteId, member, domain, commitment)).
    function subjectId(uint32 member, bytes32 domain, bytes32 commitment) external view returns (bytes32);

    /// @notice Enrols a person with a wallet. Caller: an officer (`SUBJECT_OFFICER`) of the enrolling member.
    /// @param deadline last second in which the consent counts
    /// @param signature the account's consent, `Bind`
    function enrol(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external returns (bytes32 subject);

    /// @notice Enrols a person without a wallet; the member keeps the account's key and the record says so. Caller as
    /// in `enrol`.
    /// @param signature the account's consent, `Hold`
    function enrolHeld(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external returns (bytes32 subject);

    /// @notice Hands a held account over to the person's own. Caller: the held account, or an officer of the enrolling
    /// member. Not while a seconded recovery is open. Consent of the new account as in `enrol`.
    function claim(bytes32 subject, address account, uint40 deadline, bytes calldata signature) external;

    /// @notice Proposes a new account, the person's own, for a lost or stolen one; replaces an earlier proposal of the
    /// same member. Caller: an officer. Consent of the new account as in `enrol`.
    function proposeRecovery(bytes32 subject, address newAccount, uint40 deadline, bytes calldata signature) external;

    /// @notice Withdraws a proposal that nobody seconded. Caller: an officer of the proposer. Never halted.
    function withdrawRecovery(bytes32 subject) external;

    /// @notice Seconds a proposal within the decision period; the account is contested from now on and the new one
    /// reserved. Caller: an officer of another member. `newAccount` must be the one proposed.
    function secondRecovery(bytes32 subject, uint32 proposer, address newAccount) external;

    /// @notice The present account objects while the recovery is pending; the case goes to an arbiter. Never halted.
    function vetoRecovery(bytes32 subject) external;

    /// @notice Decides a vetoed recovery within the decision period. Caller: an arbiter (`ARBITER`) of a third member,
    /// which must not keep the contested account itself. `newAccount` must be the recovery's, so that a decision never
    /// lands on another recovery of the same person. Never halted.
    function decideRecovery(bytes32 subject, address newAccount, bool grant) external;

    /// @notice Binds the new account once the delay is over. Not while a member that proposed, seconded or granted it
    /// is suspended. Caller: anyone. Never halted.
    function completeRecovery(bytes32 subject) external;

    /// @notice Closes a vetoed recovery that nobody decided in time, or any while a member that proposed, seconded or
    /// granted it is suspended; the account is as before. Caller: anyone. Never halted.
    function closeRecovery(bytes32 subject) external;

    /// @notice The account that decides for the subject at once; zero for an unknown subject.
    function accountOf(bytes32 subject) external view returns (address);

    /// @notice The account if it may act: it is bound, and no seconded recovery is open. Zero otherwise.
    function actingAccountOf(bytes32 subject) external view returns (address);

    /// @notice The subject that the account decides for now, zero where there is none.
    function subjectOf(address account) external view returns (bytes32);

    /// @notice The account that replaced this one by a claim or a recovery, zero where none did.
    function successorOf(address account) external view returns (address);

    function subjectInfo(bytes32 subject) external view returns (Subject memory);
    function recoveryOf(bytes32 subject) external view returns (Recovery memory);

    /// @notice A member's open or lapsed proposal for a subject; all zero where it has none.
    function proposalOf(bytes32 subject, uint32 proposer) external view returns (Proposal memory);

    /// @notice Periods in open seconds: to second or decide a recovery, before it completes, and after the arbiter.
    function decisionPeriod() external view returns (uint40);
    function recoveryDelay() external view returns (uint40);
    function arbitratedDelay() external view returns (uint40);
}
