// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CalendarDate} from "../../contracts/rewards/libraries/CalendarDate.sol";
import {DisplayText} from "../../contracts/rewards/libraries/DisplayText.sol";
import {AwardFace} from "../../contracts/rewards/picture/AwardFace.sol";
import {Certificate} from "../../contracts/rewards/picture/Certificate.sol";
import {Category, Standing} from "../../contracts/rewards/RewardTypes.sol";

/// @notice The text rules of pictures, reachable for tests with any bytes at all.
contract DisplayTextHarness {
    function clean(bytes calldata text) external pure returns (bytes memory) {
        return bytes(DisplayText.clean(string(text)));
    }

    function xml(string calldata text) external pure returns (string memory) {
        return DisplayText.xml(text);
    }

    function widthOf(bytes calldata text) external pure returns (uint256) {
        return DisplayText.widthOf(string(text));
    }

    function iso(uint40 timestamp) external pure returns (string memory) {
        return CalendarDate.iso(timestamp);
    }

    function draw(bytes calldata title, Standing standing, bool disputed) external pure returns (string memory) {
        AwardFace memory face;
        face.title = DisplayText.clean(string(title));
        face.authority = face.title;
        face.category = "Training";
        face.number = "1-1";
        face.verdict = "Revoked";
        face.kind = Category.Training;
        face.standing = standing;
        face.disputed = disputed;
        face.typeSeed = keccak256(title);
        face.tokenSeed = keccak256(abi.encode(title));
        return Certificate.draw(face);
    }
}
