// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CalendarDate} from "../../contracts/rewards/libraries/CalendarDate.sol";

/// @notice Shows days of the calendar to tests, many at a time.
contract CalendarDateHarness {
    function isoDays(uint40[] calldata timestamps) external pure returns (string[] memory found) {
        found = new string[](timestamps.length);
        for (uint256 i = 0; i < timestamps.length; ++i) found[i] = CalendarDate.iso(timestamps[i]);
    }
}
