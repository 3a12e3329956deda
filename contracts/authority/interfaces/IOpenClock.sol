// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A clock for deadlines that stands still during declared outages
/// @notice Deadlines of the suite are lengths of open time since a moment. `elapsed(since)` counts the seconds since
/// then in which the service was open. It never decreases, so what is over stays over: an outage noticed late is made
/// good by standing still from its declaration on, never by turning the clock back.
/// @dev Outages are budgeted, so that whoever declares them cannot stop every deadline for ever: the budget holds at
/// most 30 days and regains one second in twelve, so d open seconds are over after at most (d + 30 days) * 12 / 11.
interface IOpenClock {
    event OutageDeclared(uint40 from, uint40 until, bytes32 reason);
    event OutageEnded(uint40 endedAt);

    error OpenClockInvalidDuration(uint40 duration);
    error OpenClockBudgetExceeded(uint40 asked, uint40 left);
    error OpenClockNotStanding();
    error OpenClockFuture(uint40 since);
    error OpenClockUnknownOutage(uint256 index);

    /// @notice Lets the clock stand still from now for `duration` seconds, or extends a running outage by as much.
    /// Restricted to the guardian.
    function declareOutage(uint40 duration, bytes32 reason) external;

    /// @notice Ends the running outage now and returns the unused rest to the budget. Restricted to the guardian.
    function endOutage() external;

    /// @notice Open seconds from `since` to now. Reverts for a moment in the future.
    function elapsed(uint40 since) external view returns (uint40);

    /// @notice Whether the clock stands still now, and until when.
    function standing() external view returns (bool stands, uint40 until);

    /// @notice Seconds of outage that may still be declared now.
    function budget() external view returns (uint40);

    /// @notice How many outages were declared, and the interval of one of them.
    function outageCount() external view returns (uint256);
    function outageAt(uint256 index) external view returns (uint40 from, uint40 until);
}
