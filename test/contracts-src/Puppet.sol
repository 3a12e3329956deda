// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

// Reverts and answers are passed on byte for byte.
// solhint-disable no-inline-assembly

/// @notice An account with code, in the hands of a test: it does what it is told, many things in one transaction if
/// need be, and answers ERC-1271 questions as badly as it is told.
contract Puppet is IERC1271 {
    enum Manner {
        Honest, // approves the hashes it was told
        Refusing,
        Reverting,
        Burning, // all the gas
        Bombing, // a huge answer that starts like approval
        Short, // too few bytes
        Reentering // acts first, approves only if that succeeded
    }

    Manner public manner;
    mapping(bytes32 hash => bool) public approved;
    address private _target;
    bytes private _data;

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function approve(bytes32 hash) external {
        approved[hash] = true;
    }

    function reenterWith(address target, bytes calldata data) external {
        manner = Manner.Reentering;
        (_target, _data) = (target, data);
    }

    /// @notice Calls and passes a revert on.
    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        bool done;
        (done, answer) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }

    /// @notice Calls one after the other in this one transaction; says how many succeeded.
    function actMany(address target, bytes[] calldata calls) external returns (uint256 succeeded) {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, ) = target.call(calls[i]);
            if (done) ++succeeded;
        }
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        bytes4 yes = IERC1271.isValidSignature.selector;
        if (manner == Manner.Honest) return approved[hash] ? yes : bytes4(0);
        if (manner == Manner.Refusing) return 0xffffffff;
        if (manner == Manner.Reverting) revert("no");
        if (manner == Manner.Burning) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (manner == Manner.Reentering) {
            // Called statically: a target that writes makes this fail.
            (bool done, ) = _target.staticcall(_data);
            return done ? yes : bytes4(0);
        }
        uint256 length = manner == Manner.Short ? 4 : 100_000;
        assembly ("memory-safe") {
            mstore(0x00, yes)
            return(0x00, length)
        }
    }
}
