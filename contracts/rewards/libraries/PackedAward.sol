// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwards} from "../interfaces/IAwards.sol";

/// @notice `IAwards.Award` as its slot has it; zero where there is no award.
type PackedAward is uint256;

using PackedAwards for PackedAward global;

/// @title Awards in one word
/// @dev The compiler writes a struct's members one by one; a batch of hundreds pays for that.
library PackedAwards {
    // owner 160 | evidenceIndex 64 | hasEvidence 1 | revoked 1
    uint256 private constant _INDEX = 160;
    uint256 private constant _HAS_EVIDENCE = 1 << 224;
    uint256 private constant _REVOKED = 1 << 225;

    /// @param mask zero for an award that rests on no record, all ones else; `index` then fits 64 bits
    function pack(address owner_, uint256 index, uint256 mask) internal pure returns (PackedAward) {
        return PackedAward.wrap(uint160(owner_) | (((index << _INDEX) | _HAS_EVIDENCE) & mask));
    }

    function pack(address owner_, uint64 index, bool hasEvidence_) internal pure returns (PackedAward) {
        return pack(owner_, uint256(index), hasEvidence_ ? type(uint256).max : 0);
    }

    function exists(PackedAward award) internal pure returns (bool) {
        return PackedAward.unwrap(award) != 0;
    }

    function owner(PackedAward award) internal pure returns (address) {
        return address(uint160(PackedAward.unwrap(award))); // the lowest 160 bits
    }

    function evidenceIndex(PackedAward award) internal pure returns (uint64) {
        return uint64(PackedAward.unwrap(award) >> _INDEX); // the 64 bits above
    }

    function hasEvidence(PackedAward award) internal pure returns (bool) {
        return PackedAward.unwrap(award) & _HAS_EVIDENCE != 0;
    }

    function isRevoked(PackedAward award) internal pure returns (bool) {
        return PackedAward.unwrap(award) & _REVOKED != 0;
    }

    function withOwner(PackedAward award, address owner_) internal pure returns (PackedAward) {
        uint256 rest = PackedAward.unwrap(award) & ~uint256(type(uint160).max);
        return PackedAward.wrap(rest | uint160(owner_));
    }

    function withIndex(PackedAward award, uint64 index) internal pure returns (PackedAward) {
        uint256 rest = PackedAward.unwrap(award) & ~(uint256(type(uint64).max) << _INDEX);
        return PackedAward.wrap(rest | (uint256(index) << _INDEX));
    }

    function withRevoked(PackedAward award, bool revoked) internal pure returns (PackedAward) {
        uint256 word = PackedAward.unwrap(award);
        return PackedAward.wrap(revoked ? word | _REVOKED : word & ~_REVOKED);
    }

    function unpacked(PackedAward award) internal pure returns (IAwards.Award memory) {
        return IAwards.Award(owner(award), evidenceIndex(award), hasEvidence(award), isRevoked(award));
    }
}
