// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How a dataset falls into chunks, and which one a challenge draws
/// @dev Twin: sdk/audit/challenges.ts. A differential test holds the two equal.
library Chunks {
    /// @notice Bytes of every chunk but the last, which has what is left: 1 to 1,024.
    uint64 internal constant CHUNK = 1024;

    /// @notice Number of chunks, which is the size of the dataset's Merkle tree.
    /// @param size bytes, at least 1
    function count(uint64 size) internal pure returns (uint64) {
        return (size - 1) / CHUNK + 1;
    }

    /// @notice Bytes of the chunk at `index`, which must be below `count(size)`.
    function lengthAt(uint64 size, uint64 index) internal pure returns (uint64) {
        uint64 left = size - index * CHUNK;
        return left < CHUNK ? left : CHUNK;
    }

    /// @notice The chunk that a block's hash draws for a challenge. The bias of the remainder is below 2^-200.
    function drawn(bytes32 blockHash, uint64 challengeId, uint64 size) internal pure returns (uint56) {
        // A count is at most 2^54, so what is below it fits.
        return uint56(uint256(keccak256(abi.encode(blockHash, challengeId))) % count(size));
    }
}
