// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {exp2, UNIT} from "@prb/math/src/Common.sol";

/// @notice `IMeritPoints.Points` as a word, so that a grant reads and writes its slot once and touches no memory:
/// weight 168 | era 24 | lifetime 64.
type HeldPoints is uint256;

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

    uint256 private constant _ERA_MASK = 0xffffff << 64;

    /// @dev Bits behind the point, of weights and of what is read.
    uint256 private constant _PRECISION = 40;

    /// @notice What a grant gives at a moment, as if nothing else were held.
    /// @param points less than 2^64
    /// @param elapsed seconds since t0, less than 2^40
    /// @param halfLife seconds, at least a day
    function given(uint256 points, uint256 elapsed, uint256 halfLife) internal pure returns (HeldPoints) {
        (uint256 era, uint256 factor) = factorAt(elapsed, halfLife);
        // Nothing is cut off: 2^40 seconds are less than 2^24 eras of 64 days, and the factor is less than 2^104.
        return _packed(points, era, points * factor);
    }

    /// @notice What is held and what a grant gives.
    /// @param gain of no earlier era than what is held
    function added(HeldPoints held, HeldPoints gain) internal pure returns (HeldPoints) {
        uint256 word = HeldPoints.unwrap(held);
        uint256 more = HeldPoints.unwrap(gain);
        // Bounded by the widths, and time does not run back. A weight is less than its points * 2^104, so if the sum of
        // the points fits, that of the weights does, and the fields are added where they lie.
        unchecked {
            if ((word ^ more) & _ERA_MASK != 0) word = _rescaled(held, gain);
            uint256 sum = word + (more & ~_ERA_MASK);
            if (uint64(sum) < uint64(more)) revert SafeCast.SafeCastOverflowedUintDowncast(64, uint64(more));
            return HeldPoints.wrap(sum);
        }
    }

    /// @notice What is held less points of an earlier grant that is in it. All zero where none are left.
    /// @param loss what the points weighed when they were given
    function taken(HeldPoints held, HeldPoints loss) internal pure returns (HeldPoints) {
        (uint256 lifetime, uint256 era, uint256 weight) = unpacked(held);
        (uint256 points, uint256 then, uint256 less) = unpacked(loss);
        if (lifetime == points) return HeldPoints.wrap(0);
        less = _rescaledUp(less, era - then);
        return _packed(lifetime - points, era, less < weight ? weight - less : 0);
    }

    /// @notice What two accounts hold of one id together.
    function merged(HeldPoints one, HeldPoints other) internal pure returns (HeldPoints) {
        (, uint256 era, ) = unpacked(one);
        (, uint256 otherEra, ) = unpacked(other);
        return era > otherEra ? added(other, one) : added(one, other);
    }

    /// @notice What is held, weighed by age at a moment that is not before its latest grant: points in units of 2^-40,
    /// rounded down.
    function decayed(HeldPoints held, uint256 elapsed, uint256 halfLife) internal pure returns (uint256) {
        (uint256 present, uint256 factor) = factorAt(elapsed, halfLife);
        (, uint256 era, uint256 weight) = unpacked(held);
        return ((weight >> (_ERA * (present - era))) << _PRECISION) / factor;
    }

    function unpacked(HeldPoints held) internal pure returns (uint256 lifetime, uint256 era, uint256 weight) {
        uint256 word = HeldPoints.unwrap(held);
        return (uint64(word), uint24(word >> 64), word >> 88);
    }

    /// @notice The era of a moment, and what one point weighs that is given then, in units of 2^-40.
    /// @return era the largest with era * 64 * halfLife <= elapsed
    /// @return factor 2^40 to 2^104 - 1
    function factorAt(uint256 elapsed, uint256 halfLife) internal pure returns (uint256 era, uint256 factor) {
        uint256 length = _ERA * halfLife;
        era = elapsed / length;
        factor = (exp2(((elapsed % length) << 64) / halfLife) << _PRECISION) / UNIT;
    }

    /// @dev What is held in the era of what is added.
    function _rescaled(HeldPoints held, HeldPoints gain) private pure returns (uint256) {
        (uint256 lifetime, uint256 era, uint256 weight) = unpacked(held);
        (, uint256 present, ) = unpacked(gain);
        return HeldPoints.unwrap(_packed(lifetime, present, weight >> (_ERA * (present - era))));
    }

    function _packed(uint256 lifetime, uint256 era, uint256 weight) private pure returns (HeldPoints) {
        return HeldPoints.wrap(lifetime | (era << 64) | (weight << 88));
    }

    /// @dev A weight in units of an era `eras` later, rounded up. After four eras nothing of a word is left.
    function _rescaledUp(uint256 weight, uint256 eras) private pure returns (uint256) {
        uint256 down = weight >> (_ERA * eras);
        return down << (_ERA * eras) == weight ? down : down + 1;
    }
}
