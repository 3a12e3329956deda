// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../interfaces/ILogRegistry.sol";

/// @notice `ILogRegistry.Head` in the one word it is stored in: size 64 | lastAdvance 40 | allowance 48 | status 8 |
/// epoch 16 | policyId 32 | owner 32 | keyEpoch 16, from the lowest bit.
type PackedHead is uint256;

using PackedHeads for PackedHead global;

/// @title Reading and moving a packed head
/// @dev The compiler writes a struct in storage field by field, eight writes for this one slot; by hand it is one,
/// which makes an advance 1,900 gas cheaper (docs/decisions/0020). Every cast to a smaller type cuts a field out of the
/// word on purpose.
library PackedHeads {
    uint256 private constant _LAST_ADVANCE = 64;
    uint256 private constant _ALLOWANCE = 104;
    uint256 private constant _STATUS = 152;
    uint256 private constant _EPOCH = 160;
    uint256 private constant _POLICY = 176;
    uint256 private constant _OWNER = 208;
    uint256 private constant _KEY_EPOCH = 240;

    function pack(ILogRegistry.Head memory head) internal pure returns (PackedHead) {
        return
            PackedHead.wrap(
                uint256(head.size) |
                    (uint256(head.lastAdvance) << _LAST_ADVANCE) |
                    (uint256(head.allowance) << _ALLOWANCE) |
                    (uint256(head.status) << _STATUS) |
                    (uint256(head.epoch) << _EPOCH) |
                    (uint256(head.policyId) << _POLICY) |
                    (uint256(head.owner) << _OWNER) |
                    (uint256(head.keyEpoch) << _KEY_EPOCH)
            );
    }

    function unpack(PackedHead head) internal pure returns (ILogRegistry.Head memory) {
        return
            ILogRegistry.Head({
                size: head.size(),
                lastAdvance: head.lastAdvance(),
                allowance: head.allowance(),
                status: head.status(),
                epoch: uint16(PackedHead.unwrap(head) >> _EPOCH),
                policyId: head.policyId(),
                owner: head.owner(),
                keyEpoch: head.keyEpoch()
            });
    }

    /// @notice The head after a contact: other size, time and allowance, the rest unchanged.
    function moved(
        PackedHead head,
        uint64 newSize,
        uint40 time,
        uint48 newAllowance
    ) internal pure returns (PackedHead) {
        uint256 rest = (PackedHead.unwrap(head) >> _STATUS) << _STATUS;
        return
            PackedHead.wrap(
                rest | (uint256(newAllowance) << _ALLOWANCE) | (uint256(time) << _LAST_ADVANCE) | uint256(newSize)
            );
    }

    function size(PackedHead head) internal pure returns (uint64) {
        return uint64(PackedHead.unwrap(head));
    }

    function lastAdvance(PackedHead head) internal pure returns (uint40) {
        return uint40(PackedHead.unwrap(head) >> _LAST_ADVANCE);
    }

    function allowance(PackedHead head) internal pure returns (uint48) {
        return uint48(PackedHead.unwrap(head) >> _ALLOWANCE);
    }

    function status(PackedHead head) internal pure returns (ILogRegistry.Status) {
        return ILogRegistry.Status(uint8(PackedHead.unwrap(head) >> _STATUS));
    }

    function policyId(PackedHead head) internal pure returns (uint32) {
        return uint32(PackedHead.unwrap(head) >> _POLICY);
    }

    function owner(PackedHead head) internal pure returns (uint32) {
        return uint32(PackedHead.unwrap(head) >> _OWNER);
    }

    function keyEpoch(PackedHead head) internal pure returns (uint16) {
        return uint16(PackedHead.unwrap(head) >> _KEY_EPOCH);
    }
}
