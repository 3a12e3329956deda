// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {LogId} from "../LogTypes.sol";

/// @title What is signed about a log, as EIP-712 typed data
library Statements {
    /// @notice By the log's checkpoint key: this is my tree.
    bytes32 internal constant CHECKPOINT = keccak256(
        "Checkpoint(bytes32 logId,uint16 keyEpoch,uint64 size,bytes32 root)"
    );

    /// @notice By a witness: this tree extends all that I saw of the log before.
    bytes32 internal constant COSIGNATURE = keccak256(
        "Cosignature(bytes32 logId,uint64 size,bytes32 root,uint40 time)"
    );

    /// @notice By a mirror: I hold the entries of this tree.
    bytes32 internal constant HOLDING = keccak256("Holding(bytes32 logId,uint64 size,bytes32 root,uint40 time)");

    /// @notice A tree of a log.
    struct Tree {
        LogId logId;
        uint64 size;
        bytes32 root;
    }

    /// @notice Digest of a `Cosignature` or `Holding`, as `typeHash` says.
    function timedDigest(
        bytes32 domain,
        bytes32 typeHash,
        Tree memory tree,
        uint40 time
    ) internal pure returns (bytes32) {
        bytes32 content = keccak256(abi.encode(typeHash, tree.logId, tree.size, tree.root, time));
        return MessageHashUtils.toTypedDataHash(domain, content);
    }

    /// @notice Whether `key` signed the `Checkpoint`. ECDSA only; malleable, malformed and empty signatures are none,
    /// and nothing is signed by the zero address.
    function isCheckpoint(
        bytes32 domain,
        Tree memory tree,
        uint16 keyEpoch,
        address key,
        bytes calldata signature
    ) internal pure returns (bool) {
        bytes32 content = keccak256(abi.encode(CHECKPOINT, tree.logId, keyEpoch, tree.size, tree.root));
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, content);
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, signature);
        return problem == ECDSA.RecoverError.NoError && signer != address(0) && signer == key;
    }
}
