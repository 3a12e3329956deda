// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title At most eight member ids in one word
/// @notice Ids start at 1, so a zero is an empty place. The empty set stands for "any member".
library EligibleSet {
    uint256 private constant _PLACES = 8;

    /// @notice Packs at most eight ids.
    function pack(uint32[] memory members) internal pure returns (uint256 set) {
        assert(members.length <= _PLACES);
        for (uint256 i = 0; i < members.length; ++i) set |= uint256(members[i]) << (32 * i);
    }

    /// @notice Whether the id is one of the set; false for the empty set.
    function has(uint256 set, uint32 member) internal pure returns (bool) {
        for (; set != 0; set >>= 32) {
            if (set & type(uint32).max == member) return true;
        }
        return false;
    }

    /// @notice How many ids it holds.
    function count(uint256 set) internal pure returns (uint256 number) {
        for (; set != 0; set >>= 32) ++number;
    }
}
