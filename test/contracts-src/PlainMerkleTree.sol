// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The verifiers of `MerkleTree` without assembly: what its assembly is compared with, in answers and in gas.
library PlainMerkleTree {
    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }

    /// @notice Whether the leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162 2.1.3.2).
    /// @param proof the hashes from the leaf's sibling up to the root; each one is used, none is left over
    function verifyInclusion(
        bytes32 leafHash_,
        uint64 index,
        uint64 size,
        bytes32 root,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        unchecked {
            if (index >= size) return false; // step 1
            uint256 fn = index; // step 2
            uint256 sn = size - 1;
            bytes32 hash = leafHash_; // step 3
            for (uint256 i = 0; i < proof.length; ++i) {
                if (sn == 0) return false; // step 4.a
                if (fn & 1 == 1 || fn == sn) {
                    hash = nodeHash(proof[i], hash); // step 4.b
                    while (fn & 1 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    hash = nodeHash(hash, proof[i]); // step 4.c
                }
                fn >>= 1; // step 4.d
                sn >>= 1;
            }
            return sn == 0 && hash == root; // step 5
        }
    }

    /// @notice Whether the tree (newSize, newRoot) extends the tree (oldSize, oldRoot) (RFC 9162 2.1.4.2). Equal sizes
    /// need equal roots and an empty proof; an old size of zero never passes, since such a proof says nothing.
    /// @param proof as RFC 9162 2.1.4.1 builds it; each hash is used, none is left over
    function verifyConsistency(
        uint64 oldSize,
        uint64 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        unchecked {
            if (oldSize == 0 || oldSize > newSize) return false;
            if (oldSize == newSize) return proof.length == 0 && oldRoot == newRoot;
            if (proof.length == 0) return false; // step 1
            // Step 2, without building another array: of a power of two the old root itself is the first hash.
            bool complete = oldSize & (oldSize - 1) == 0;
            uint256 fn = oldSize - 1; // step 3
            uint256 sn = newSize - 1;
            while (fn & 1 == 1) {
                fn >>= 1; // step 4
                sn >>= 1;
            }
            bytes32 oldHash = complete ? oldRoot : proof[0]; // step 5
            bytes32 newHash = oldHash;
            for (uint256 i = complete ? 0 : 1; i < proof.length; ++i) {
                if (sn == 0) return false; // step 6.a
                if (fn & 1 == 1 || fn == sn) {
                    oldHash = nodeHash(proof[i], oldHash); // step 6.b
                    newHash = nodeHash(proof[i], newHash);
                    while (fn & 1 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    newHash = nodeHash(newHash, proof[i]); // step 6.c
                }
                fn >>= 1; // step 6.d
                sn >>= 1;
            }
            return sn == 0 && oldHash == oldRoot && newHash == newRoot; // step 7
        }
    }
}
