// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../log/interfaces/ILogRegistry.sol";
import {IRecordDesk} from "../../log/interfaces/IRecordDesk.sol";
import {DeskRules} from "../../log/libraries/DeskRules.sol";
import {LogId} from "../../log/LogTypes.sol";
import {Standing} from "../RewardTypes.sol";

/// @title How an award that exists stands, by campaign or by token
/// @dev Twin: sdk/rewards/standing.ts. A differential test holds the two equal.
library StandingRules {
    /// @notice The first that applies of revoked, expired, unsupported; else valid.
    /// @param expires first second in which it does not count any more, 0 for never
    function standingAt(
        bool revoked,
        uint40 expires,
        bool supported,
        uint256 timestamp
    ) internal pure returns (Standing) {
        if (revoked) return Standing.Revoked;
        if (expires != 0 && timestamp >= expires) return Standing.Expired;
        return supported ? Standing.Valid : Standing.Unsupported;
    }

    /// @notice What the record that an award rests on says now. Nothing to rest on (zero log) supports. Never reverts:
    /// a log that is not there, or not that long yet, does not support.
    function supportOf(
        ILogRegistry registry,
        IRecordDesk desk,
        LogId logId,
        uint64 index
    ) internal view returns (bool supported, bool disputed) {
        if (LogId.unwrap(logId) == 0) return (true, false);
        // The registry reverts for an unknown log, and for nothing else.
        try registry.headOf(logId) returns (ILogRegistry.Head memory head, bytes32) {
            if (index >= head.size) return (false, false);
        } catch {
            return (false, false);
        }
        IRecordDesk.State state;
        (state, , disputed) = desk.flagsOf(desk.recordIdFor(logId, index));
        supported = !DeskRules.isOver(state);
    }
}
