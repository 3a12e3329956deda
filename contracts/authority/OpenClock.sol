// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IOpenClock} from "./interfaces/IOpenClock.sol";

/// @title A clock for deadlines that stands still during declared outages
/// @dev The clock maps a moment to its open time: open(t) grows with t, and stands still inside an outage. Each outage
/// stores the open time at its start, so open(t) needs only the last outage that began at or before t. An outage begins
/// at its own declaration and only its end, while that is still ahead, can move: what open(t) was for a past t stays.
contract OpenClock is AccessManaged, IOpenClock {
    using Checkpoints for Checkpoints.Trace208;

    struct State {
        // slot 0; the last outage, all zero before the first
        uint40 from;
        uint40 until; // exclusive
        uint40 open; // open time at `from`
        // and the budget, in twelfths of a second
        uint40 level; // at `levelAt`
        uint40 levelAt;
    }

    /// @notice Seconds of outage that a full budget holds.
    uint40 public constant CAPACITY = 30 days;
    /// @notice The budget regains one second in as many seconds.
    uint40 public constant REFILL_PERIOD = 12;

    State private _state;
    /// @dev Earlier outages: from => until 40 | open 40.
    Checkpoints.Trace208 private _earlier;

    constructor(address initialAuthority) AccessManaged(initialAuthority) {
        _state.level = CAPACITY * REFILL_PERIOD;
        _state.levelAt = _now();
    }

    /// @inheritdoc IOpenClock
    function declareOutage(uint40 duration, bytes32 reason) external restricted {
        if (duration == 0) revert OpenClockInvalidDuration(duration);
        State memory state = _state;
        uint40 time = _now();
        uint40 level = _level(state, time);
        if (duration > level / REFILL_PERIOD) revert OpenClockBudgetExceeded(duration, level / REFILL_PERIOD);
        // An outage that ends in this very second goes on; otherwise a new one begins.
        if (state.until < time) {
            if (state.from != 0) _earlier.push(state.from, (uint208(state.until) << 40) | state.open);
            state.open = _open(state, time);
            state.from = time;
            state.until = time;
        }
        state.until += duration;
        state.level = level - duration * REFILL_PERIOD;
        state.levelAt = time;
        _state = state;
        emit OutageDeclared(state.from, state.until, reason);
    }

    /// @inheritdoc IOpenClock
    function endOutage() external restricted {
        State memory state = _state;
        uint40 time = _now();
        if (state.until <= time) revert OpenClockNotStanding();
        state.level = _capped(uint256(_level(state, time)) + uint256(state.until - time) * REFILL_PERIOD);
        state.levelAt = time;
        state.until = time;
        _state = state;
        emit OutageEnded(time);
    }

    /// @inheritdoc IOpenClock
    function elapsed(uint40 since) external view returns (uint40) {
        uint40 time = _now();
        if (since > time) revert OpenClockFuture(since);
        State memory state = _state;
        if (since >= state.until) return time - since;
        uint40 start = since >= state.from ? state.open : _openEarlier(since);
        return _open(state, time) - start;
    }

    /// @inheritdoc IOpenClock
    function standing() external view returns (bool stands, uint40 until) {
        stands = block.timestamp < _state.until;
        if (stands) until = _state.until;
    }

    /// @inheritdoc IOpenClock
    function budget() external view returns (uint40) {
        return _level(_state, _now()) / REFILL_PERIOD;
    }

    /// @inheritdoc IOpenClock
    function outageCount() public view returns (uint256) {
        return _state.from == 0 ? 0 : _earlier.length() + 1;
    }

    /// @inheritdoc IOpenClock
    function outageAt(uint256 index) external view returns (uint40 from, uint40 until) {
        if (index >= outageCount()) revert OpenClockUnknownOutage(index);
        if (index == _earlier.length()) return (_state.from, _state.until);
        // The index is below the trace's length, whose own position type is uint32.
        Checkpoints.Checkpoint208 memory earlier = _earlier.at(uint32(index));
        return (uint40(earlier._key), uint40(earlier._value >> 40));
    }

    /// @dev Open time of a moment before the last outage.
    function _openEarlier(uint40 moment) private view returns (uint40) {
        uint208 found = _earlier.upperLookup(moment);
        return _openAfter(uint40(found >> 40), uint40(found), moment);
    }

    /// @dev Open time of a moment at or after the start of the last outage.
    function _open(State memory state, uint40 moment) private pure returns (uint40) {
        return _openAfter(state.until, state.open, moment);
    }

    /// @dev Without an outage both are zero, and the open time is the moment itself.
    function _openAfter(uint40 until, uint40 open, uint40 moment) private pure returns (uint40) {
        return moment > until ? open + (moment - until) : open;
    }

    function _level(State memory state, uint40 time) private pure returns (uint40) {
        return _capped(uint256(state.level) + (time - state.levelAt));
    }

    function _capped(uint256 level) private pure returns (uint40) {
        return uint40(Math.min(level, CAPACITY * REFILL_PERIOD)); // the capacity fits
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
