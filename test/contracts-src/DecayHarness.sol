// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {exp2} from "@prb/math/src/Common.sol";

import {IMeritPoints} from "../../contracts/rewards/interfaces/IMeritPoints.sol";
import {Decay, HeldPoints} from "../../contracts/rewards/libraries/Decay.sol";

/// @notice Shows the arithmetic of points to tests, many cases at a time.
contract DecayHarness {
    using Decay for HeldPoints;

    /// @notice A grant of points, or the taking back of points of one.
    struct Step {
        bool takes;
        uint40 elapsed; // of the grant
        uint32 points;
    }

    struct History {
        uint32 halfLife;
        Step[] steps; // in the order in which they happen
        uint256 split; // those from here on go to a second account, merged with the first at the end
        uint40 elapsed; // when it is read
    }

    struct Outcome {
        IMeritPoints.Points held;
        uint256 decayed;
    }

    function powers(uint256[] calldata exponents) external pure returns (uint256[] memory results) {
        results = new uint256[](exponents.length);
        for (uint256 i = 0; i < exponents.length; ++i) results[i] = exp2(exponents[i]);
    }

    function replay(History[] calldata histories) external pure returns (Outcome[] memory results) {
        results = new Outcome[](histories.length);
        for (uint256 i = 0; i < histories.length; ++i) {
            History calldata history = histories[i];
            HeldPoints held = _played(history, 0, history.split);
            held = held.merged(_played(history, history.split, history.steps.length));
            (uint256 lifetime, uint256 era, uint256 weight) = held.unpacked();
            results[i].held = IMeritPoints.Points(uint64(lifetime), uint24(era), uint168(weight));
            results[i].decayed = held.decayed(history.elapsed, history.halfLife);
        }
    }

    function _played(History calldata history, uint256 from, uint256 until) private pure returns (HeldPoints held) {
        for (uint256 i = from; i < until; ++i) {
            Step calldata step = history.steps[i];
            HeldPoints moved = Decay.given(step.points, step.elapsed, history.halfLife);
            held = step.takes ? held.taken(moved) : held.added(moved);
        }
    }
}
