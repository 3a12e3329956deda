// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IHaltable} from "./interfaces/IHaltable.sol";

/// @title One brake for each contract
/// @dev `AccessManager.setTargetClosed` reaches only `restricted` functions and waits for the admin's delay, so it is
/// not the brake. Each contract's entry points read this flag instead. Duties and remedies (disputes, answers,
/// evidence, withdrawals) never carry `whenRunning`.
abstract contract Haltable is AccessManaged, IHaltable {
    bool private _halted;

    modifier whenRunning() {
        _requireRunning();
        _;
    }

    /// @inheritdoc IHaltable
    function halt() external restricted {
        if (_halted) revert HaltableUnchanged(true);
        _halted = true;
        emit Halted(msg.sender);
    }

    /// @inheritdoc IHaltable
    function resume() external restricted {
        if (!_halted) revert HaltableUnchanged(false);
        _halted = false;
        emit Resumed(msg.sender);
    }

    /// @inheritdoc IHaltable
    function halted() public view returns (bool) {
        return _halted;
    }

    function _requireRunning() private view {
        if (_halted) revert HaltableHalted();
    }
}
