// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "../../log/libraries/MerkleTree.sol";

/// @title How a dataset falls into chunks, and which one a challenge draws
/// @dev Twin: sdk/audit/challenges.ts. A differential test holds the two equal.
library Chunks {
    /// @notice Bytes of every chunk but the last, which has what is left: 1 to 1,024.
    uint64 internal constant LENGTH = 1024;

    /// @notice Number of chunks, which is the size of the dataset's Merkle tree.
    /// @param size bytes, at least 1
    function count(uint64 size) internal pure returns (uint64) {
        return (size - 1) / LENGTH + 1;
    }

    /// @notice Bytes of the chunk at `index`, which must be below `count(size)`.
    function lengthAt(uint64 size, uint64 index) internal pure returns (uint64) {
        uint64 left = size - index * LENGTH;
        return left < LENGTH ? left : LENGTH;
    }

    /// @notice The chunk that a block's hash draws for a challenge. The bias of the remainder is below 2^-200.
    function drawn(bytes32 blockHash, uint64 challengeId, uint64 size) internal pure returns (uint56) {
        // A count is at most 2^54, so what is below it fits.
        return uint56(uint256(keccak256(abi.encode(blockHash, challengeId))) % count(size));
    }

    /// @notice Whether bytes are the chunk at `index`, which must be below `count(size)`. Its length counts as well,
    /// since a last leaf can verify under several sizes.
    /// @param proof RFC 9162 2.1.3 inclusion proof to the dataset's root
    function isAt(
        bytes calldata chunk,
        uint64 index,
        uint64 size,
        bytes32 root,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        return
            chunk.length == lengthAt(size, index) &&
            MerkleTree.verifyInclusion(MerkleTree.leafHash(chunk), index, count(size), root, proof);
    }
}
