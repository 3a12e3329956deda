// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chunks} from "../../contracts/audit/libraries/Chunks.sol";
import {Possessions} from "../../contracts/audit/libraries/Possessions.sol";

/// @notice Shows the libraries of the audit module to tests, many cases at a time.
contract AuditHarness {
    struct Draw {
        uint64 size;
        uint64 index; // below the count
        bytes32 blockHash;
        uint64 challengeId;
    }

    struct Time {
        uint40 time;
        uint40 vouchedAt;
        uint40 withdrawnAt;
        uint40 timestamp;
    }

    struct Given {
        bytes chunk;
        uint64 index;
        uint64 size;
        bytes32 root;
        bytes32[] proof;
    }

    function draws(Draw[] calldata cases) external pure returns (uint64[3][] memory results) {
        results = new uint64[3][](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Draw calldata c = cases[i];
            results[i] = [
                Chunks.count(c.size),
                Chunks.lengthAt(c.size, c.index),
                Chunks.drawn(c.blockHash, c.challengeId, c.size)
            ];
        }
    }

    function timely(Time[] calldata cases) external pure returns (bool[] memory results) {
        results = new bool[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Time calldata c = cases[i];
            results[i] = Possessions.isTimely(c.time, c.vouchedAt, c.withdrawnAt, c.timestamp);
        }
    }

    function at(Given[] calldata cases) external view returns (bool[] memory results) {
        results = new bool[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Given calldata c = cases[i];
            results[i] = Chunks.isAt(c.chunk, c.index, c.size, c.root, c.proof);
        }
    }
}
