// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An account that consents to be a subject's, and fights every hook that a token could call: it reverts, burns
/// all gas or calls back, as a test tells it. It counts how often it was asked.
contract HostileReceiver {
    uint256 public calls;
    uint256 private _mode; // 1 reverts, 2 burns all gas, 3 calls back
    address private _target;
    bytes private _call;

    function fight(uint256 mode, address target, bytes calldata call_) external {
        (_mode, _target, _call) = (mode, target, call_);
    }

    /// @notice Consents to everything, as an ERC-1271 account.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        _hook();
        return this.onERC721Received.selector;
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        _hook();
        return this.onERC1155Received.selector;
    }

    fallback() external payable {
        _hook();
    }

    receive() external payable {
        _hook();
    }

    function _hook() private {
        ++calls;
        if (_mode == 1) revert("never");
        if (_mode == 2) {
            while (true) {}
        }
        if (_mode == 3) {
            (bool ok, ) = _target.call(_call);
            require(ok, "not called back");
        }
    }
}
