// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that the guardian can halt at once and governance resumes with delay
interface IHaltable {
    event Halted(address indexed by);
    event Resumed(address indexed by);

    error HaltableHalted();
    error HaltableUnchanged(bool halted);

    /// @notice Stops every entry point that is neither a duty nor a remedy. Restricted to the guardian, without delay.
    function halt() external;

    /// @notice Lets the contract run again. Restricted to governance, with delay.
    function resume() external;

    function halted() external view returns (bool);
}
