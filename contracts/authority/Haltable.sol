// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IHaltable} from "./interfaces/IHaltable.sol";

/// @title One brake for each contract
/// @dev `AccessManager.setTargetClosed` reaches only `restricted` functions and waits for the admin's delay, so it is
/// not the brake. Each contract's entry points read this flag instead. Duties and remedies (disputes, answers,
/// evidence, withdrawals) never carry `whenRunning`.
abstract contract Haltable is AccessManaged, IHaltable {
    // slot 0
    bool private _halted;
    uint40 private _haltedAt; // seconds, of the latest halt
    uint40 private _resumedAt; // seconds, of the latest resumption

    modifier whenRunning() {
        _requireRunning();
        _;
    }

    /// @inheritdoc IHaltable
    function halt() external restricted {
        if (_halted) revert HaltableUnchanged(true);
        _halted = true;
        _haltedAt = uint40(block.timestamp); // seconds fit for 34,000 years
        emit Halted(msg.sender);
    }

    /// @inheritdoc IHaltable
    function resume() external restricted {
        if (!_halted) revert HaltableUnchanged(false);
        _halted = false;
        _resumedAt = uint40(block.timestamp);
        emit Resumed(msg.sender);
    }

    /// @inheritdoc IHaltable
    function halted() public view returns (bool) {
        return _halted;
    }

    /// @dev The interval by which a duty begun at `since` is measured where only a running contract lets anyone fulfil
    /// it: it begins anew with a resumption and stands still while halted.
    function _runningWithin(uint40 since) internal view returns (uint40 from, uint40 until) {
        from = since > _resumedAt ? since : _resumedAt;
        until = _halted ? _haltedAt : uint40(block.timestamp);
        if (until < from) until = from;
    }

    function _requireRunning() private view {
        if (_halted) revert HaltableHalted();
    }
}
