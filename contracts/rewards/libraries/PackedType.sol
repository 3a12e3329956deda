// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwardTypes} from "../interfaces/IAwardTypes.sol";
import {Category} from "../RewardTypes.sol";

/// @notice `IAwardTypes.AwardType` in the one word it is stored in: publisher 32 | category 8 | granters 8 |
/// needsEvidence 8 | points 32 | validity 32 | supersededBy 32 | publishedAt 40 | endedAt 40, from the lowest bit.
type PackedType is uint256;

using PackedTypes for PackedType global;

/// @title Reading and ending a packed award type
/// @dev By hand, so that opening a campaign reads the word once (docs/decisions/0100). Every cast to a smaller type
/// cuts a field out of the word on purpose.
library PackedTypes {
    uint256 private constant _CATEGORY = 32;
    uint256 private constant _GRANTERS = 40;
    uint256 private constant _NEEDS_EVIDENCE = 48;
    uint256 private constant _POINTS = 56;
    uint256 private constant _VALIDITY = 88;
    uint256 private constant _SUPERSEDED_BY = 120;
    uint256 private constant _PUBLISHED_AT = 152;
    uint256 private constant _ENDED_AT = 192;

    function pack(IAwardTypes.AwardType memory awardType) internal pure returns (PackedType) {
        return
            PackedType.wrap(
                uint256(awardType.publisher) |
                    (uint256(awardType.category) << _CATEGORY) |
                    (uint256(awardType.granters) << _GRANTERS) |
                    (uint256(awardType.needsEvidence ? 1 : 0) << _NEEDS_EVIDENCE) |
                    (uint256(awardType.points) << _POINTS) |
                    (uint256(awardType.validity) << _VALIDITY) |
                    (uint256(awardType.supersededBy) << _SUPERSEDED_BY) |
                    (uint256(awardType.publishedAt) << _PUBLISHED_AT) |
                    (uint256(awardType.endedAt) << _ENDED_AT)
            );
    }

    function unpack(PackedType awardType) internal pure returns (IAwardTypes.AwardType memory) {
        uint256 word = PackedType.unwrap(awardType);
        return
            IAwardTypes.AwardType({
                publisher: awardType.publisher(),
                category: Category(uint8(word >> _CATEGORY)),
                granters: IAwardTypes.Granters(uint8(word >> _GRANTERS)),
                needsEvidence: awardType.needsEvidence(),
                points: uint32(word >> _POINTS),
                validity: awardType.validity(),
                supersededBy: uint32(word >> _SUPERSEDED_BY),
                publishedAt: uint40(word >> _PUBLISHED_AT),
                endedAt: awardType.endedAt()
            });
    }

    /// @notice A type that stands, ended now. @param successor 0 for none
    function ended(PackedType awardType, uint32 successor, uint40 time) internal pure returns (PackedType) {
        uint256 word = PackedType.unwrap(awardType);
        return PackedType.wrap(word | (uint256(successor) << _SUPERSEDED_BY) | (uint256(time) << _ENDED_AT));
    }

    function publisher(PackedType awardType) internal pure returns (uint32) {
        return uint32(PackedType.unwrap(awardType));
    }

    function isOpenToAll(PackedType awardType) internal pure returns (bool) {
        return uint8(PackedType.unwrap(awardType) >> _GRANTERS) == uint8(IAwardTypes.Granters.Anyone);
    }

    function needsEvidence(PackedType awardType) internal pure returns (bool) {
        return uint8(PackedType.unwrap(awardType) >> _NEEDS_EVIDENCE) != 0;
    }

    function validity(PackedType awardType) internal pure returns (uint32) {
        return uint32(PackedType.unwrap(awardType) >> _VALIDITY);
    }

    function endedAt(PackedType awardType) internal pure returns (uint40) {
        return uint40(PackedType.unwrap(awardType) >> _ENDED_AT);
    }
}
