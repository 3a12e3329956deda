// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Member organisations, their administrators and delegates
/// @notice An organisation is enrolled by governance with a set of capabilities and a window of validity. Its
/// administrator (in practice a multisig) names delegates with a subset of those capabilities and an expiry. Nobody
/// counts before accepting with their own account, and an account belongs to one member at a time; two different
/// members therefore always have two different administrators.
/// @dev Capabilities are bits of a uint128, numbered by module in `Capabilities.sol` and never reused. What an account
/// may do is the intersection of its own capabilities with its member's.
interface IMembers {
    /// @notice Whether a member may act. `Suspended` stops every right at once and no duty.
    enum Status {
        None,
        Active,
        Suspended
    }

    /// @notice A member organisation; one storage slot.
    struct Member {
        // slot 0
        uint128 capabilities;
        uint40 validFrom; // seconds
        uint40 validUntil; // seconds, exclusive
        Status status;
        uint16 adminEpoch; // raised whenever the administrator changes
    }

    /// @notice An account that accepted to act for a member; one storage slot.
    struct Account {
        // slot 0
        uint32 member;
        uint128 capabilities; // every bit for the administrator
        uint40 expiry; // seconds, exclusive; the largest uint40 for the administrator
        uint16 adminEpoch; // of the member when the account was named
        bool isAdministrator;
    }

    event MemberEnrolled(
        uint32 indexed member,
        string name,
        address indexed administrator,
        uint128 capabilities,
        uint40 validFrom,
        uint40 validUntil
    );
    event MemberCapabilitiesChanged(uint32 indexed member, uint128 capabilities);
    event MemberValidityChanged(uint32 indexed member, uint40 validFrom, uint40 validUntil);
    event MemberSuspended(uint32 indexed member, bytes32 reason);
    event MemberReinstated(uint32 indexed member);
    event AdministratorProposed(uint32 indexed member, address indexed administrator);
    event AdministratorAccepted(uint32 indexed member, address indexed administrator, uint16 adminEpoch);
    event DelegateNamed(uint32 indexed member, address indexed account, uint128 capabilities, uint40 expiry);
    event DelegateAccepted(uint32 indexed member, address indexed account, uint128 capabilities, uint40 expiry);
    event DelegateRemoved(uint32 indexed member, address indexed account);

    error MembersUnknownMember(uint32 member);
    error MembersInvalidWindow(uint40 validFrom, uint40 validUntil);
    error MembersInvalidName();
    error MembersInvalidAccount(address account);
    error MembersAccountTaken(address account, uint32 member);
    error MembersNotProposed(address account, uint32 member);
    error MembersNotAdministrator(address account);
    error MembersIsAdministrator(address account);
    error MembersCapabilitiesExceeded(uint128 asked, uint128 held);
    error MembersMissingCapability(address account, uint128 capability);
    error MembersNotSuspended(uint32 member);
    error MembersNotActive(uint32 member);
    error MembersReplacementOpen(uint32 member);
    error MembersEpochsSpent(uint32 member);

    /// @notice Enrols an organisation and proposes its administrator. Restricted to the registrar.
    /// @param name public name of the organisation, 1 to 64 bytes
    /// @param administrator the account that has to accept with `acceptAdministration`
    /// @param capabilities bits of `Capabilities`
    /// @param validFrom first second in which the member may act
    /// @param validUntil first second in which it may not any more
    /// @return member the new id, counted from 1
    function enrol(
        string calldata name,
        address administrator,
        uint128 capabilities,
        uint40 validFrom,
        uint40 validUntil
    ) external returns (uint32 member);

    /// @notice Replaces a member's capabilities. Restricted to governance.
    function setCapabilities(uint32 member, uint128 capabilities) external;

    /// @notice Replaces a member's window of validity. Restricted to governance.
    function setValidity(uint32 member, uint40 validFrom, uint40 validUntil) external;

    /// @notice Stops a member and all its delegates at once. Restricted to the registrar. Duties (to answer a dispute)
    /// remain: see `requireDuty`.
    /// @param reason code of the published reason, not text about a person
    function suspend(uint32 member, bytes32 reason) external;

    /// @notice Lets a suspended member act again. Restricted to governance.
    function reinstate(uint32 member) external;

    /// @notice Proposes another administrator for a member whose administrator is lost. Restricted to governance, which
    /// acts with delay. While this proposal is open the present administrator can make none of its own, so it cannot
    /// push its replacement aside.
    /// @param administrator zero withdraws the open proposal
    function replaceAdministrator(uint32 member, address administrator) external;

    /// @notice The administrator proposes its own successor; not while the member is suspended or governance replaces
    /// the administrator. The last half of the epochs is kept for governance, so an administrator that burns through
    /// them can still be replaced.
    /// @param administrator zero withdraws the open proposal
    function proposeAdministrator(address administrator) external;

    /// @notice The proposed account takes over; the epoch rises, so every earlier delegate and every open proposal of
    /// one lapses, and the earlier administrator is nobody. The account must be free, or a delegate of this member.
    function acceptAdministration(uint32 member) external;

    /// @notice The administrator names a delegate, who has to accept. Naming again replaces the open proposal. Not
    /// while the member is suspended.
    /// @param capabilities at most what the member has now; none at all makes an account that merely belongs to it
    /// @param expiry first second in which the delegation does not count any more
    function nameDelegate(address account, uint128 capabilities, uint40 expiry) external;

    /// @notice The named account accepts. It must not belong to another member, or only by a delegation that has
    /// lapsed; an earlier delegation by the same member is replaced.
    function acceptDelegation(uint32 member) external;

    /// @notice The administrator removes a delegate and withdraws an open proposal. Never halted.
    function removeDelegate(address account) external;

    /// @notice A delegate leaves. Never halted.
    function resign() external;

    /// @notice Checks that `account` may use all bits of `capability` now; 0 asks only whether it may act for a member.
    /// @return member the account's member
    function requireCapability(address account, uint128 capability) external view returns (uint32 member);

    /// @notice Like `requireCapability`, but ignores suspension, the window and later cuts of the member's
    /// capabilities: what a member owes (an answer, say) it can still deliver. It says nothing of what the member may
    /// do: an administrator passes with any capability, so callers compare the member with the one that owes.
    function requireDuty(address account, uint128 capability) external view returns (uint32 member);

    /// @notice Whether `account` may use all bits of `capability` now, and for whom (0 where it may not).
    function hasCapability(address account, uint128 capability) external view returns (uint32 member);

    /// @notice The member's record; all zero for an unknown id.
    function memberInfo(uint32 member) external view returns (Member memory);

    /// @notice The account's record; all zero for an unknown account. A record may be lapsed: compare the epoch.
    function accountInfo(address account) external view returns (Account memory);

    /// @notice The accepted administrator, zero before the first acceptance.
    function administratorOf(uint32 member) external view returns (address);

    /// @notice The proposed administrator, zero where none is open.
    function proposedAdministratorOf(uint32 member) external view returns (address);

    /// @notice The member's public name.
    function nameOf(uint32 member) external view returns (string memory);

    /// @notice How many members were ever enrolled; ids run from 1 to this number.
    function memberCount() external view returns (uint32);
}
