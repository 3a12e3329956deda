// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title People, as pairwise pseudonyms bound to accounts
/// @notice A subject id is made of the enrolling member, a domain and a commitment that only the person and the member
/// can open, so nobody can occupy another's id and two members' ids of one person cannot be linked. No name, number or
/// score of a person is on chain.
/// @dev Periods run on `IOpenClock`. Enrolment, claims and recoveries carry the consent of the account that is bound,
/// as an EIP-712 signature (EOA or ERC-1271).
interface ISubjects {
    enum RecoveryPhase {
        None,
        Proposed, // by one member; must be seconded in time
        Pending, // seconded by another; the account is contested and can only veto
        Vetoed, // with the arbiter
        Granted // by the arbiter; completes after the longer delay, no veto stops it
    }

    struct Subject {
        // slot 0
        address account;
        uint32 member; // that enrolled the person
        bool held; // the member keeps the account's key for the person, until it is claimed
    }

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
    event RecoverySeconded(bytes32 indexed subject, address indexed newAccount, uint32 indexed member);
    event RecoveryVetoed(bytes32 indexed subject, address indexed account);
    event RecoveryDecided(bytes32 indexed subject, uint32 indexed arbiter, bool granted);
    event RecoveryClosed(bytes32 indexed subject, RecoveryPhase phase);
    event AccountChanged(bytes32 indexed subject, address indexed from, address indexed to);

    error SubjectsUnknown(bytes32 subject);
    error SubjectsTaken(bytes32 subject);
    error SubjectsAccountTaken(address account, bytes32 subject);
    error SubjectsInvalidAccount(address account);
    error SubjectsInvalidConsent(address account);
    error SubjectsExpired(uint40 deadline);
    error SubjectsNotHeld(bytes32 subject);
    error SubjectsNotOfficer(address account, uint32 member);
    error SubjectsWrongPhase(bytes32 subject, RecoveryPhase phase);
    error SubjectsSameMember(uint32 member);
    error SubjectsWrongAccount(address given, address expected);
    error SubjectsTooEarly(bytes32 subject, uint40 elapsed, uint40 period);
    error SubjectsTooLate(bytes32 subject, uint40 elapsed, uint40 period);

    /// @notice The id that a member's commitment has: keccak256(abi.encode(suiteId, member, domain, commitment)).
    function subjectId(uint32 member, bytes32 domain, bytes32 commitment) external view returns (bytes32);

    /// @notice Enrols a person with a wallet. Caller: an officer (`SUBJECT_OFFICER`) of the enrolling member.
    /// @param signature the account's consent, EIP-712 `Bind(bytes32 subject,address account,uint40 deadline)`
    function enrol(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external returns (bytes32 subject);

    /// @notice Enrols a person without a wallet; the member keeps the account's key and the record says so. The account
    /// consents by signature like any other.
    function enrolHeld(
        bytes32 domain,
        bytes32 commitment,
        address account,
        uint40 deadline,
        bytes calldata signature
    ) external returns (bytes32 subject);

    /// @notice Hands a held account over to the person's own. Caller: the held account, or an officer of the enrolling
    /// member. Consent of the new account as in `enrol`.
    function claim(bytes32 subject, address account, uint40 deadline, bytes calldata signature) external;

    /// @notice Proposes a new account for a lost or stolen one. Caller: an officer. Consent of the new account.
    function proposeRecovery(bytes32 subject, address newAccount, uint40 deadline, bytes calldata signature) external;

    /// @notice Seconds a recovery. Caller: an officer of another member. `newAccount` must be the one proposed.
    function secondRecovery(bytes32 subject, address newAccount) external;

    /// @notice The present account objects while the recovery is pending; the case goes to an arbiter.
    function vetoRecovery(bytes32 subject) external;

    /// @notice Decides a vetoed recovery. Caller: an arbiter (`ARBITER`) of a third member.
    function decideRecovery(bytes32 subject, bool grant) external;

    /// @notice Binds the new account once the delay is over. Caller: anyone.
    function completeRecovery(bytes32 subject) external;

    /// @notice Closes a recovery that nobody seconded or decided in time (anyone), or withdraws one before it is
    /// seconded (an officer of the proposer). The account is as before.
    function closeRecovery(bytes32 subject) external;

    /// @notice The account that decides for the subject at once; zero for an unknown subject.
    function accountOf(bytes32 subject) external view returns (address);

    /// @notice The account if it may act: it is bound, and no seconded recovery is open. Zero otherwise.
    function actingAccountOf(bytes32 subject) external view returns (address);

    /// @notice The subject of an account, zero where there is none.
    function subjectOf(address account) external view returns (bytes32);

    /// @notice The account that replaced this one, zero where none did.
    function successorOf(address account) external view returns (address);

    function subjectInfo(bytes32 subject) external view returns (Subject memory);
    function recoveryOf(bytes32 subject) external view returns (Recovery memory);

    /// @notice Periods in open seconds: to second or decide a recovery, before it completes, and after the arbiter.
    function decisionPeriod() external view returns (uint40);
    function recoveryDelay() external view returns (uint40);
    function arbitratedDelay() external view returns (uint40);
}
