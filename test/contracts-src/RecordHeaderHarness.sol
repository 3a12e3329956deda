// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "../../contracts/log/libraries/MerkleTree.sol";
import {RecordHeader} from "../../contracts/log/libraries/RecordHeader.sol";

/// @notice Opens the library to tests, many headers a call.
contract RecordHeaderHarness {
    struct Read {
        string flaw;
        RecordHeader.Header header; // empty where there is a flaw
        bytes32 leafHash;
    }

    function read(bytes[] calldata headers) external pure returns (Read[] memory result) {
        result = new Read[](headers.length);
        for (uint256 i = 0; i < headers.length; i++) {
            result[i].flaw = RecordHeader.flaw(headers[i]);
            if (bytes(result[i].flaw).length != 0) continue;
            result[i].header = RecordHeader.decode(headers[i]);
            result[i].leafHash = MerkleTree.leafHash(headers[i]);
        }
    }

    function open(
        bytes[] calldata headers,
        bytes32[] calldata subjects,
        bytes32[] calldata salts
    ) external pure returns (bool[] memory isOpen) {
        isOpen = new bool[](headers.length);
        for (uint256 i = 0; i < headers.length; i++) {
            isOpen[i] = RecordHeader.isOpenTo(RecordHeader.decode(headers[i]), subjects[i], salts[i]);
        }
    }
}
