// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {Category} from "../RewardTypes.sol";

/// @title Ornaments: the guilloche that belongs to one award, the emblem that belongs to its type
/// @dev Curves turned about a centre, so that no trigonometry is needed here: the reader's renderer does it.
library Guilloche {
    using Strings for uint256;

    /// @notice Two rings of ellipses about the origin, 250 wide. Their number and shape come from the seed, so each
    /// award has its own weave.
    function rosette(bytes32 seed) internal pure returns (string memory) {
        (uint8 a, uint8 b, uint8 c, uint8 d) = (uint8(seed[0]), uint8(seed[1]), uint8(seed[2]), uint8(seed[3]));
        return
            string.concat(
                _ring("r", 22 + (uint256(a) % 9), 248, 96 + (uint256(b) % 80)),
                _ring("s", 15 + (uint256(c) % 8), 206, 40 + (uint256(d) % 60))
            );
    }

    /// @notice A star of 8 to 16 rays about the origin, 118 wide, from the type's seed.
    function star(bytes32 seed) internal pure returns (string memory) {
        uint256 rays = 8 + (uint256(uint8(seed[0])) % 9);
        string memory half = (7 + (uint256(uint8(seed[1])) % 9)).toString();
        string memory waist = (68 + (uint256(uint8(seed[2])) % 24)).toString();
        string memory ray = string.concat("M0-126L", half, "-", waist, " 0-40-", half, "-", waist, "Z");
        return string.concat("<path id='y' d='", ray, "'/>", _turned("y", rays, 3600));
    }

    /// @notice The sign of a category about the origin, about 50 wide, for a stroke without filling.
    function sign(Category kind) internal pure returns (string memory) {
        // An open book; chevrons; a compass rose; a shield with a star.
        if (kind == Category.Training)
            return "M0-22C-14-34-34-34-50-27V28C-34 21-14 22 0 33 14 22 34 21 50 28V-27C34-34 14-34 0-22ZV33";
        if (kind == Category.Career) return "M-42 40 0 6 42 40M-42 14 0-20 42 14M-42-12 0-46 42-12";
        if (kind == Category.Mission)
            return "M0-54 11-11 54 0 11 11 0 54-11 11-54 0-11-11ZM-26-26-17-17M26-26 17-17M26 26 17 17M-26 26-17 17";
        return
            "M0-52 44-36V2C44 30 22 46 0 54-22 46-44 30-44 2V-36ZM0-24 7-7 25-6 11 5 16 23 0 13-16 23-11 5-25-6-7-7Z";
    }

    function _ring(string memory id, uint256 count, uint256 rx, uint256 ry) private pure returns (string memory) {
        return
            string.concat(
                "<ellipse id='",
                id,
                "' rx='",
                rx.toString(),
                "' ry='",
                ry.toString(),
                "'/>",
                _turned(id, count, 1800) // half a turn brings an ellipse onto itself
            );
    }

    /// @param turn tenths of a degree over which the copies are spread
    function _turned(string memory id, uint256 count, uint256 turn) private pure returns (string memory copies) {
        for (uint256 i = 1; i < count; ++i) {
            uint256 angle = (turn * i) / count;
            copies = string.concat(
                copies,
                "<use href='#",
                id,
                "' transform='rotate(",
                (angle / 10).toString(),
                ".",
                (angle % 10).toString(),
                ")'/>"
            );
        }
    }
}
