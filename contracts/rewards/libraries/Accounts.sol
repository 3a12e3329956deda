// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Long lists of accounts in calldata
/// @dev Assembly, because a batch of 500 pays for each step 500 times: together 200 gas less an account.
library Accounts {
    error AccountsInvalid(uint256 word);

    /// @notice keccak256(abi.encodePacked(accounts)).
    function digest(address[] calldata accounts) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := mload(0x40)
            let length := shl(5, accounts.length)
            calldatacopy(start, accounts.offset, length)
            result := keccak256(start, length)
        }
    }

    /// @notice accounts[i]. The caller has seen to it that i is below the length.
    function at(address[] calldata accounts, uint256 i) internal pure returns (address) {
        uint256 word;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(accounts.offset, shl(5, i)))
        }
        if (word > type(uint160).max) revert AccountsInvalid(word);
        return address(uint160(word)); // just checked
    }
}
