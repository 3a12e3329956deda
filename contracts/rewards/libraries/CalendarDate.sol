// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Days of the calendar (ISO 8601, UTC)
library CalendarDate {
    /// @notice `2026-11-21` of block seconds.
    /// @dev By eras of 400 years that begin on 1 March, so that a leap day is the last day of its year: Howard
    /// Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. Nothing is below zero after 1970.
    function iso(uint40 timestamp) internal pure returns (string memory) {
        uint256 day = uint256(timestamp) / 1 days + 719_468; // since 1 March of the year 0
        uint256 era = day / 146_097;
        uint256 dayOfEra = day % 146_097;
        uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        uint256 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        uint256 shifted = (5 * dayOfYear + 2) / 153; // months since March
        uint256 dayOfMonth = dayOfYear - (153 * shifted + 2) / 5 + 1;
        uint256 month = shifted < 10 ? shifted + 3 : shifted - 9;
        uint256 year = yearOfEra + era * 400 + (month < 3 ? 1 : 0);
        return string.concat(Strings.toString(year), "-", _two(month), "-", _two(dayOfMonth));
    }

    function _two(uint256 number) private pure returns (string memory digits) {
        digits = Strings.toString(number);
        if (number < 10) digits = string.concat("0", digits);
    }
}
