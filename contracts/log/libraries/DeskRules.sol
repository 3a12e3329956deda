// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogPolicies} from "../interfaces/ILogPolicies.sol";
import {IRecordDesk} from "../interfaces/IRecordDesk.sol";
import {RecordHeader} from "./RecordHeader.sol";

/// @title The rules of the record desk, without its storage
/// @dev Twin: sdk/records/desk.ts. A differential test holds the two equal.
library DeskRules {
    /// @notice The period that runs in a state: who has to speak must do so in it. Zero where none runs.
    function periodOf(IRecordDesk.State state, ILogPolicies.Policy memory policy) internal pure returns (uint40) {
        if (state == IRecordDesk.State.Disputed) return policy.answerPeriod;
        if (state == IRecordDesk.State.Answered) return policy.appealPeriod;
        if (state == IRecordDesk.State.Appealed) return policy.rulingPeriod;
        return 0;
    }

    /// @notice Whether somebody has to speak in time.
    function runs(IRecordDesk.State state) internal pure returns (bool) {
        return state >= IRecordDesk.State.Disputed && state <= IRecordDesk.State.Appealed;
    }

    /// @notice The state as it reads `elapsed` open seconds after the running period began.
    function stateAt(
        IRecordDesk.State written,
        ILogPolicies.Policy memory policy,
        uint40 elapsed
    ) internal pure returns (IRecordDesk.State) {
        if (!runs(written) || elapsed <= periodOf(written, policy)) return written;
        return written == IRecordDesk.State.Answered ? IRecordDesk.State.Upheld : IRecordDesk.State.Lapsed;
    }

    /// @notice Whether the record has ended: nothing about it can change any more.
    function isOver(IRecordDesk.State state) internal pure returns (bool) {
        return state >= IRecordDesk.State.Corrected;
    }

    /// @notice Whether a dispute or complaint is open about a record in this state.
    function isDisputed(IRecordDesk.State state, uint32 openComplaints) internal pure returns (bool) {
        return runs(state) || (openComplaints != 0 && !isOver(state));
    }

    /// @notice The first second in which the record is not valid any more, 0 for never.
    /// @param period of its retention class in seconds, 0 for ever
    function expiryOf(uint40 time, uint40 anchoredBy, uint32 period) internal pure returns (uint40) {
        return period == 0 ? 0 : (time < anchoredBy ? time : anchoredBy) + period;
    }

    /// @notice Whether an included record in this status counts at `timestamp` (block seconds).
    /// @param known whether the policy knows its retention class
    function isValid(
        IRecordDesk.Status memory status,
        RecordHeader.Header memory header,
        ILogPolicies.Policy memory policy,
        bool known,
        uint256 timestamp
    ) internal pure returns (bool) {
        return
            known &&
            !isOver(status.state) &&
            (status.noticed || !policy.noticeNeeded || RecordHeader.isAboutNobody(header)) &&
            header.time <= uint256(status.anchoredBy) + policy.clockSkew &&
            (status.expires == 0 || timestamp < status.expires);
    }
}
