// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An ERC-1271 account that answers as a test tells it: 0 no, 1 yes, 2 revert, 3 too short, 4 burns all gas,
/// 5 a wrong word, 6 writes before it says yes, 7 calls somebody before it says yes.
contract HostileAccount {
    uint256 private _mode;
    uint256 private _written;
    address private _target;
    bytes private _call;

    function set(uint256 mode) external {
        _mode = mode;
    }

    function reenter(address target, bytes calldata call_) external {
        (_mode, _target, _call) = (7, target, call_);
    }

    fallback() external {
        uint256 mode = _mode;
        if (mode == 2) revert("no");
        if (mode == 4) {
            while (true) {}
        }
        if (mode == 6) _written = 1;
        if (mode == 7) {
            // The outcome does not matter: a static call lets nothing be written.
            (bool ok, ) = _target.call(_call);
            ok;
        }
        bytes32 answer = bytes32(0);
        if (mode == 1 || mode == 6 || mode == 7) answer = bytes32(bytes4(0x1626ba7e));
        if (mode == 5) answer = bytes32(type(uint256).max);
        uint256 length = mode == 3 ? 4 : 32;
        assembly ("memory-safe") {
            mstore(0, answer)
            return(0, length)
        }
    }
}
