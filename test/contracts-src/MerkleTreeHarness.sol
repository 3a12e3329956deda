// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "../../contracts/log/libraries/MerkleTree.sol";
import {PlainMerkleTree} from "./PlainMerkleTree.sol";

/// @notice Shows the internal library to tests, one case or many at a time.
contract MerkleTreeHarness {
    struct Inclusion {
        bytes32 leafHash;
        uint64 index;
        uint64 size;
        bytes32 root;
        bytes32[] proof;
    }

    struct Consistency {
        uint64 oldSize;
        uint64 newSize;
        bytes32 oldRoot;
        bytes32 newRoot;
        bytes32[] proof;
    }

    /// @notice One byte a case: 1 where the proof passes.
    function inclusions(Inclusion[] calldata cases) external view returns (bytes memory results) {
        results = new bytes(cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Inclusion calldata c = cases[i];
            if (MerkleTree.verifyInclusion(c.leafHash, c.index, c.size, c.root, c.proof)) results[i] = 0x01;
        }
    }

    /// @notice One byte a case: 1 where the proof passes.
    function consistencies(Consistency[] calldata cases) external view returns (bytes memory results) {
        results = new bytes(cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Consistency calldata c = cases[i];
            if (MerkleTree.verifyConsistency(c.oldSize, c.newSize, c.oldRoot, c.newRoot, c.proof)) results[i] = 0x01;
        }
    }

    function leafHash(bytes calldata entry) external pure returns (bytes32) {
        return MerkleTree.leafHash(entry);
    }

    function nodeHash(bytes32 left, bytes32 right) external pure returns (bytes32) {
        return MerkleTree.nodeHash(left, right);
    }

    function emptyRoot() external pure returns (bytes32) {
        return MerkleTree.EMPTY_ROOT;
    }

    /// @notice Gas of one check: by the library, and by the same without assembly.
    function measureInclusion(Inclusion calldata c) external view returns (uint256 own, uint256 plain) {
        uint256 before = gasleft();
        bool valid = MerkleTree.verifyInclusion(c.leafHash, c.index, c.size, c.root, c.proof);
        own = before - gasleft();
        before = gasleft();
        assert(valid == PlainMerkleTree.verifyInclusion(c.leafHash, c.index, c.size, c.root, c.proof));
        plain = before - gasleft();
    }

    /// @notice Likewise.
    function measureConsistency(Consistency calldata c) external view returns (uint256 own, uint256 plain) {
        uint256 before = gasleft();
        bool valid = MerkleTree.verifyConsistency(c.oldSize, c.newSize, c.oldRoot, c.newRoot, c.proof);
        own = before - gasleft();
        before = gasleft();
        assert(valid == PlainMerkleTree.verifyConsistency(c.oldSize, c.newSize, c.oldRoot, c.newRoot, c.proof));
        plain = before - gasleft();
    }
}
