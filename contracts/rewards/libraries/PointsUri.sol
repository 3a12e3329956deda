// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {Category} from "../RewardTypes.sol";

/// @title Metadata of points, as ERC-1155 has it, in the address itself
library PointsUri {
    /// @param member the member's name, any text
    /// @param halfLife seconds
    /// @return a `data:` address of the JSON document
    function render(string memory member, Category category, uint32 halfLife) internal pure returns (string memory) {
        string memory name = Strings.escapeJSON(member);
        // solhint-disable quotes
        bytes memory json = abi.encodePacked(
            '{"name":"Points for ',
            _word(category),
            " from ",
            name,
            '","description":"Recognition that nobody can transfer. The balance is all points given less those taken',
            ' back; a contract call tells them weighed by age.","decimals":0,"properties":{"issuer":"',
            name,
            '","category":"',
            _word(category),
            '","halfLifeSeconds":',
            Strings.toString(halfLife),
            "}}"
        );
        // solhint-enable quotes
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }

    function _word(Category category) private pure returns (string memory) {
        if (category == Category.Training) return "training";
        if (category == Category.Career) return "career";
        return category == Category.Mission ? "missions" : "service";
    }
}
