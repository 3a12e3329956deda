// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs in RFC 9162 (RFC 6962) SHA-256 Merkle trees
/// @notice Every tree of the suite is such a tree, so this is the only proof checker on chain; its twin is
/// `sdk/proof/merkle.ts`. The two verifiers follow the numbered steps of RFC 9162 2.1.3.2 and 2.1.4.2; they answer
/// false, and never revert, for every input that can be encoded.
/// @dev A last leaf can verify under several claimed sizes: a size is only as true as whoever signed it.
/// The loops are assembly because it was measured to save nearly half of their gas (docs/decisions/0020); they stay in
/// one piece so that they can be read beside the RFC. They use the 65 bytes after the free memory pointer without
/// allocating them: a byte 0x01, a left and a right hash. The precompile fails only for lack of gas; that is gathered
/// in `done` and reverts.
// solhint-disable no-inline-assembly, function-max-lines
library MerkleTree {
    /// @notice Root of the tree without leaves: SHA-256 of nothing.
    bytes32 internal constant EMPTY_ROOT = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    /// @notice Hash of an entry: SHA-256(0x00 || entry).
    function leafHash(bytes calldata entry) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), entry));
    }

    /// @notice Hash of an inner node: SHA-256(0x01 || left || right).
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
    ) internal view returns (bool valid) {
        if (index >= size) return false; // step 1
        // Measured: docs/decisions/0020-proofs-and-heads-by-hand.md.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let node := mload(0x40)
            mstore8(node, 0x01)
            let left := add(node, 0x01)
            let right := add(node, 0x21)
            let fn := index // step 2
            let sn := sub(size, 1)
            let hash := leafHash_ // step 3
            let done := 1
            let end := add(proof.offset, shl(5, proof.length))
            for {
                let next := proof.offset
            } lt(next, end) {
                next := add(next, 0x20)
            } {
                // Step 4.a: `sn` is one more than it can be, so that step 5 fails.
                if iszero(sn) {
                    sn := 1
                    break
                }
                switch or(and(fn, 1), eq(fn, sn))
                case 0 {
                    mstore(left, hash) // step 4.c
                    mstore(right, calldataload(next))
                }
                default {
                    mstore(left, calldataload(next)) // step 4.b
                    mstore(right, hash)
                    for {} iszero(or(and(fn, 1), iszero(fn))) {} {
                        fn := shr(1, fn)
                        sn := shr(1, sn)
                    }
                }
                done := and(done, staticcall(gas(), 0x02, node, 0x41, 0x00, 0x20))
                hash := mload(0x00)
                fn := shr(1, fn) // step 4.d
                sn := shr(1, sn)
            }
            if iszero(done) {
                revert(0x00, 0x00)
            }
            valid := and(iszero(sn), eq(hash, root)) // step 5
        }
    }

    /// @notice Whether the tree (newSize, newRoot) extends the tree (oldSize, oldRoot) (RFC 9162 2.1.4.2). Equal sizes
    /// need equal roots and an empty proof; an old size of zero never passes, since such a proof says nothing.
    /// @param proof as RFC 9162 2.1.4.1 builds it; each hash is used, none is left over
    // One loop of the RFC with all its steps; in two functions it would cost what the assembly saves.
    // solhint-disable-next-line function-max-lines
    function verifyConsistency(
        uint64 oldSize,
        uint64 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal view returns (bool valid) {
        if (oldSize == 0 || oldSize > newSize) return false;
        if (oldSize == newSize) return proof.length == 0 && oldRoot == newRoot;
        if (proof.length == 0) return false; // step 1
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let node := mload(0x40)
            mstore8(node, 0x01)
            let left := add(node, 0x01)
            let right := add(node, 0x21)
            let fn := sub(oldSize, 1) // step 3
            let sn := sub(newSize, 1)
            let next := proof.offset
            let end := add(next, shl(5, proof.length))
            // Step 2, without building another array: of a power of two the old root itself is the first hash.
            let fr := oldRoot
            if and(oldSize, fn) {
                fr := calldataload(next)
                next := add(next, 0x20)
            }
            for {} and(fn, 1) {} {
                fn := shr(1, fn) // step 4
                sn := shr(1, sn)
            }
            let sr := fr // step 5
            let done := 1
            for {} lt(next, end) {
                next := add(next, 0x20)
            } {
                // Step 6.a: `sn` is one more than it can be, so that step 7 fails.
                if iszero(sn) {
                    sn := 1
                    break
                }
                switch or(and(fn, 1), eq(fn, sn))
                case 0 {
                    mstore(left, sr) // step 6.c
                    mstore(right, calldataload(next))
                    done := and(done, staticcall(gas(), 0x02, node, 0x41, 0x00, 0x20))
                    sr := mload(0x00)
                }
                default {
                    mstore(left, calldataload(next)) // step 6.b
                    mstore(right, fr)
                    done := and(done, staticcall(gas(), 0x02, node, 0x41, 0x00, 0x20))
                    fr := mload(0x00)
                    mstore(right, sr)
                    done := and(done, staticcall(gas(), 0x02, node, 0x41, 0x00, 0x20))
                    sr := mload(0x00)
                    for {} iszero(or(and(fn, 1), iszero(fn))) {} {
                        fn := shr(1, fn)
                        sn := shr(1, sn)
                    }
                }
                fn := shr(1, fn) // step 6.d
                sn := shr(1, sn)
            }
            if iszero(done) {
                revert(0x00, 0x00)
            }
            valid := and(iszero(sn), and(eq(fr, oldRoot), eq(sr, newRoot))) // step 7
        }
    }
}
