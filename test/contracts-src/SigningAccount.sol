// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An ERC-1271 account that signs the hashes it was told, or every one.
contract SigningAccount {
    bool private _all;
    mapping(bytes32 hash => bool) private _approved;

    function approveAll(bool all) external {
        _all = all;
    }

    function approve(bytes32 hash) external {
        _approved[hash] = true;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return _all || _approved[hash] ? this.isValidSignature.selector : bytes4(0);
    }
}
