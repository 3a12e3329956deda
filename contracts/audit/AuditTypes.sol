// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One engagement of one audit office: keccak256(abi.encode("stele.engagement", suiteId, office, reference)).
type EngagementId is bytes32;

/// @notice One ciphertext that one member holds: keccak256(abi.encode("stele.dataset", suiteId, holder, root, size)).
type DatasetId is bytes32;
