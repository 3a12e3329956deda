// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How many entries a log may add: a bucket that fills by the second
/// @notice A cap on one step would be looped around; a bucket is the same however the steps are cut. The rate is whole
/// entries a second and time is whole seconds, so a refill never loses a fraction, however often it happens.
library TokenBucket {
    /// @notice What is in the bucket `elapsed` seconds after it held `allowance`.
    /// @param burst the most it can hold
    /// @param rate entries a second
    function refill(uint48 allowance, uint48 burst, uint32 rate, uint256 elapsed) internal pure returns (uint48) {
        uint256 filled = uint256(allowance) + uint256(rate) * elapsed;
        // Not above `burst`, so the cast is safe.
        return filled < burst ? uint48(filled) : burst;
    }
}
