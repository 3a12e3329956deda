// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One epoch of a log: keccak256(abi.encode(lineage, epoch)).
type LogId is bytes32;

/// @notice All epochs of a log: keccak256(abi.encode(suiteId, owner, kind, keccak256(bytes(name)))).
type Lineage is bytes32;

/// @notice One record of one log: keccak256(abi.encode(logId, index)).
type RecordId is bytes32;
