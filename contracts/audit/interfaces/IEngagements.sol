// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lineage} from "../../log/LogTypes.sol";
import {EngagementId} from "../AuditTypes.sol";

/// @title Audits under way: who audits whom, with which team, when, on which logs
/// @notice An audit office opens an engagement with an auditee. Its team may challenge the auditee's datasets, and what
/// the team does is recorded in the agency's log under the engagement's id. Records outside an engagement are detected
/// by whoever reads the log, not prevented here. An engagement names the logs it depends on, and reads as unsupported
/// while one of them does not hold.
interface IEngagements {
    /// @notice What an engagement can expect of a log it depends on.
    enum Support {
        Sound,
        Overdue, // silent now for longer than its policy allows; over with the next head or heartbeat
        Frozen, // the latest epoch is frozen; over with a successor
        Defaulted // marked overdue since the engagement was opened; for good
    }

    struct Engagement {
        bytes32 scope; // SHA-256 of the scope document
        // slot 1
        uint32 office; // member
        uint32 auditee; // member
        uint40 from; // seconds, first in which the team may act
        uint40 until; // seconds, first in which it may not any more
        uint40 openedAt;
        uint40 closedAt; // 0 while not closed
    }

    /// @notice An account's latest time on a team.
    struct Staffing {
        uint40 from; // seconds; 0 where it never was
        uint40 until; // seconds; 0 while it is
    }

    event EngagementOpened(
        EngagementId indexed engagementId,
        uint32 indexed office,
        uint32 indexed auditee,
        bytes32 ref,
        bytes32 scope,
        uint40 from,
        uint40 until,
        Lineage[] lineages
    );
    event AuditorStaffed(EngagementId indexed engagementId, address indexed auditor, uint32 indexed member);
    event AuditorReleased(EngagementId indexed engagementId, address indexed auditor);
    event EngagementClosed(EngagementId indexed engagementId);

    error EngagementsUnknown(EngagementId engagementId);
    error EngagementsExists(EngagementId engagementId);
    error EngagementsClosedAlready(EngagementId engagementId);
    error EngagementsNotOffice(EngagementId engagementId, uint32 member);
    error EngagementsConflict(uint32 auditee, uint32 member); // nobody audits itself
    error EngagementsUnknownMember(uint32 member);
    error EngagementsNoScope();
    error EngagementsInvalidWindow(uint40 from, uint40 until);
    error EngagementsTooMany(string what, uint256 given, uint256 limit);
    error EngagementsUnordered(Lineage previous, Lineage lineage); // strictly ascending
    error EngagementsUnknownLog(Lineage lineage);
    error EngagementsNotAccredited(address account);
    error EngagementsAlreadyStaffed(EngagementId engagementId, address account);
    error EngagementsNotStaffed(EngagementId engagementId, address account);
    error EngagementsNotActive(EngagementId engagementId);

    /// @notice Opens an engagement. Caller: a member with `AUDIT_OFFICE`.
    /// @param ref the office's own reference, unique for the office: random, or a hash
    /// @param auditee an enrolled member, not the office
    /// @param scope SHA-256 of the scope document, not zero
    /// @param from seconds; may lie in the past by no more than a day
    /// @param until after `from` and after now
    /// @param lineages logs that the engagement depends on, strictly ascending, at most 16; each is of a log that
    /// was opened, in whatever state it is now
    /// @param team accounts as in `staff`
    function open(
        bytes32 ref,
        uint32 auditee,
        bytes32 scope,
        uint40 from,
        uint40 until,
        Lineage[] calldata lineages,
        address[] calldata team
    ) external returns (EngagementId engagementId);

    /// @notice Adds accounts to the team, at most 64 at once: each acts for a member with `AUDITOR` now, and that
    /// member is not the auditee. Caller: the office. Not after the closing or the window.
    function staff(EngagementId engagementId, address[] calldata accounts) external;

    /// @notice Takes accounts off the team. Caller: the office. Never halted.
    function release(EngagementId engagementId, address[] calldata accounts) external;

    /// @notice Ends the engagement for good. Caller: the office. Never halted.
    function close(EngagementId engagementId) external;

    /// @notice Checks that `account` may act in the engagement now: it is active and the account is on its team and
    /// accredited, for a member that is not the auditee.
    /// @return office the engagement's office
    /// @return auditee the engagement's auditee
    function requireAuditor(
        EngagementId engagementId,
        address account
    ) external view returns (uint32 office, uint32 auditee);

    /// @notice Whether the engagement is in its window, not closed, and its office not suspended, in its own window and
    /// still with `AUDIT_OFFICE`.
    function isActive(EngagementId engagementId) external view returns (bool);

    /// @notice Whether every log that the engagement depends on is sound now, and what each one is, in the order of
    /// `lineagesOf`.
    function supportOf(EngagementId engagementId) external view returns (bool supported, Support[] memory support);

    /// @notice Reverts for an unknown engagement, as the getters below.
    function engagementOf(EngagementId engagementId) external view returns (Engagement memory);
    function lineagesOf(EngagementId engagementId) external view returns (Lineage[] memory);
    function staffingOf(EngagementId engagementId, address account) external view returns (Staffing memory);

    /// @notice The id of an engagement, open or not yet.
    function engagementFor(uint32 office, bytes32 ref) external view returns (EngagementId);
}
