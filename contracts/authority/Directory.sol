// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IDirectory} from "./interfaces/IDirectory.sol";

/// @title The one address that a user configures
contract Directory is AccessManaged, IDirectory {
    uint256 private constant _NAME_LENGTH = 64;

    bytes32 private immutable _SUITE_ID;
    string[] private _names;
    mapping(bytes32 nameHash => Entry[]) private _entries;

    constructor(address initialAuthority, bytes32 suiteId_) AccessManaged(initialAuthority) {
        if (suiteId_ == bytes32(0)) revert DirectoryInvalidSuite();
        _SUITE_ID = suiteId_;
    }

    /// @inheritdoc IDirectory
    function set(string calldata name, address target) external restricted {
        _requireName(bytes(name));
        if (target.code.length == 0) revert DirectoryInvalidTarget(target);
        bytes32 nameHash = keccak256(bytes(name));
        Entry[] storage entries = _entries[nameHash];
        address previous = _last(entries);
        if (previous == target) revert DirectoryUnchanged(name, target);
        if (previous == address(0)) _names.push(name);
        entries.push(Entry(target, uint40(block.timestamp))); // seconds fit for 34,000 years
        emit TargetSet(nameHash, name, target, previous);
    }

    /// @inheritdoc IDirectory
    function lookup(string calldata name) external view returns (address target) {
        target = _last(_entries[keccak256(bytes(name))]);
        if (target == address(0)) revert DirectoryUnknownName(name);
    }

    /// @inheritdoc IDirectory
    function history(string calldata name) external view returns (Entry[] memory) {
        return _entries[keccak256(bytes(name))];
    }

    /// @inheritdoc IDirectory
    function names() external view returns (string[] memory) {
        return _names;
    }

    /// @inheritdoc IDirectory
    function suiteId() external view returns (bytes32) {
        return _SUITE_ID;
    }

    function _last(Entry[] storage entries) private view returns (address) {
        uint256 count = entries.length;
        return count == 0 ? address(0) : entries[count - 1].target;
    }

    /// @dev 1 to 64 of A-Z, a-z, 0-9, dot and hyphen: no two names look alike.
    function _requireName(bytes calldata name) private pure {
        bool valid = name.length != 0 && name.length <= _NAME_LENGTH;
        for (uint256 i = 0; valid && i < name.length; ++i) {
            bytes1 char = name[i];
            valid =
                (char >= "A" && char <= "Z") ||
                (char >= "a" && char <= "z") ||
                (char >= "0" && char <= "9") ||
                char == "." ||
                char == "-";
        }
        if (!valid) revert DirectoryInvalidName(string(name));
    }
}
