// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice An account of a person that is a contract: signs as ERC-1271 and calls for its owner.
contract ContractAccount {
    address private immutable _OWNER;

    constructor(address owner) {
        _OWNER = owner;
    }

    function call(address target, bytes calldata data) external {
        require(msg.sender == _OWNER, "not the owner");
        (bool success, bytes memory answer) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(hash, signature);
        return failure == ECDSA.RecoverError.NoError && signer == _OWNER ? this.isValidSignature.selector : bytes4(0);
    }
}
