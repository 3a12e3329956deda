// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwardTypes} from "../../contracts/rewards/interfaces/IAwardTypes.sol";
import {Category} from "../../contracts/rewards/RewardTypes.sol";

/// @notice Types whose texts are whatever bytes a test wants: `AwardTypes` would refuse most of them.
contract HostileTypes {
    bytes private _text;

    function say(bytes calldata text) external {
        _text = text;
    }

    function textsOf(
        uint32
    )
        external
        view
        returns (bytes32 criteriaHash, string memory criteriaUri, string memory title, string memory authority)
    {
        return (bytes32(uint256(1)), string(_text), string(_text), string(_text));
    }

    function awardTypeOf(uint32) external pure returns (IAwardTypes.AwardType memory awardType) {
        awardType.publisher = 1;
        awardType.category = Category.Career;
    }
}
