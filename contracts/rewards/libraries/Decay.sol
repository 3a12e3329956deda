// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {exp2, UNIT} from "@prb/math/src/Common.sol";

import {IMeritPoints} from "../interfaces/IMeritPoints.sol";

/// @title Forward decay in eras of 64 half-lives
/// @notice A point given at t weighs 2^((t - t0) / h). That is kept relative to the era in which it was given: era
/// e begins e * 64 half-lives after t0, and one unit of weight of an era is 2^64 units of the era before it, so going
/// from one era to a later one is a shift. What is added is rounded down and what is taken is rounded up: the weight of
/// several grants is never more than the sum of what they weigh.
/// @dev Twin: sdk/rewards/decay.ts. `exp2` of @prb/math errs by less than 2^-57 of its result; the factor of a later
/// second is never smaller, since one second is at least 2^-32 half-lives.
library Decay {
    /// @dev Half-lives of an era.
    uint256 private constant _ERA = 64;

    /// @dev Bits behind the point, of weights and of what is read.
    uint256 private constant _PRECISION = 40;

    /// @notice The era of a moment, and what one point weighs that is given then, in units of 2^-40.
    /// @param elapsed seconds since t0
    /// @param halfLife seconds, not 0
    /// @return era the largest with era * 64 * halfLife <= elapsed
    /// @return factor 2^40 to 2^104 - 1
    function factorAt(uint256 elapsed, uint256 halfLife) internal pure returns (uint256 era, uint256 factor) {
        uint256 length = _ERA * halfLife;
        era = elapsed / length;
        factor = (exp2(((elapsed % length) << 64) / halfLife) << _PRECISION) / UNIT;
    }

    /// @notice What is held and some points more.
    /// @param era of `weight`, not before the era of what is held
    /// @param weight of the points
    /// @dev Nothing is cut off: 2^40 seconds are less than 2^24 eras of 64 days, and a weight is less than its points *
    /// 2^104, where the sum of the points is checked.
    function added(
        IMeritPoints.Points memory held,
        uint64 points,
        uint256 era,
        uint256 weight
    ) internal pure returns (IMeritPoints.Points memory) {
        uint256 sum = _rescaled(held.weight, era - held.era) + weight;
        return IMeritPoints.Points(held.lifetime + points, uint24(era), uint168(sum));
    }

    /// @notice What is held less points of an earlier grant that is in it. All zero where none are left.
    /// @param era of `weight`, not after the era of what is held
    /// @param weight of the points
    function taken(
        IMeritPoints.Points memory held,
        uint64 points,
        uint256 era,
        uint256 weight
    ) internal pure returns (IMeritPoints.Points memory left) {
        if (held.lifetime == points) return left;
        uint256 less = _rescaledUp(weight, held.era - era);
        uint168 rest = less < held.weight ? held.weight - uint168(less) : 0; // less than what it is taken from
        return IMeritPoints.Points(held.lifetime - points, held.era, rest);
    }

    /// @notice What two accounts hold of one id together.
    function merged(
        IMeritPoints.Points memory one,
        IMeritPoints.Points memory other
    ) internal pure returns (IMeritPoints.Points memory) {
        return
            one.era < other.era
                ? added(one, other.lifetime, other.era, other.weight)
                : added(other, one.lifetime, one.era, one.weight);
    }

    /// @notice What is held, weighed by age at a moment that is not before its latest grant: points in units of 2^-40,
    /// rounded down.
    function decayed(
        IMeritPoints.Points memory held,
        uint256 elapsed,
        uint256 halfLife
    ) internal pure returns (uint256) {
        (uint256 era, uint256 factor) = factorAt(elapsed, halfLife);
        return (_rescaled(held.weight, era - held.era) << _PRECISION) / factor;
    }

    /// @dev A weight in units of an era `eras` later, rounded down.
    function _rescaled(uint256 weight, uint256 eras) private pure returns (uint256) {
        return weight >> (_ERA * eras);
    }

    /// @dev The same, rounded up. After four eras nothing of a word is left.
    function _rescaledUp(uint256 weight, uint256 eras) private pure returns (uint256) {
        uint256 down = _rescaled(weight, eras);
        return down << (_ERA * eras) == weight ? down : down + 1;
    }
}
