// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The one address that a user configures
/// @notice Maps names of the suite's contracts to addresses and keeps every earlier address readable.
interface IDirectory {
    struct Entry {
        address target;
        uint40 since; // seconds
    }

    event TargetSet(bytes32 indexed nameHash, string name, address indexed target, address indexed previous);

    error DirectoryUnknownName(string name);
    error DirectoryInvalidName(string name);
    error DirectoryInvalidTarget(address target);
    error DirectoryUnchanged(string name, address target);
    error DirectoryInvalidSuite();

    /// @notice Names a contract or its successor. Restricted to governance. The target must have code.
    /// @param name 1 to 64 of A-Z, a-z, 0-9, dot and hyphen
    function set(string calldata name, address target) external;

    /// @notice The present address; reverts for an unknown name.
    function lookup(string calldata name) external view returns (address);

    /// @notice Every address that the name ever had, oldest first.
    function history(string calldata name) external view returns (Entry[] memory);

    /// @notice All names, in the order in which they were first set.
    function names() external view returns (string[] memory);

    /// @notice Fixed at the first deployment of the suite; every id derives from it, so a successor keeps them.
    function suiteId() external view returns (bytes32);
}
