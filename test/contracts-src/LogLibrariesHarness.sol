// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {ILogRegistry} from "../../contracts/log/interfaces/ILogRegistry.sol";
import {AnchoringDays} from "../../contracts/log/libraries/AnchoringDays.sol";
import {EligibleSet} from "../../contracts/log/libraries/EligibleSet.sol";
import {PackedHead, PackedHeads} from "../../contracts/log/libraries/PackedHead.sol";
import {TokenBucket} from "../../contracts/log/libraries/TokenBucket.sol";

/// @notice Opens the small libraries of the log module to tests.
contract LogLibrariesHarness {
    using AnchoringDays for Checkpoints.Trace160;

    /// @dev A contact of a log, as `LogRegistry` makes it.
    struct Contact {
        uint64 size;
        uint40 time;
    }

    Checkpoints.Trace160 private _daily;

    function repacked(ILogRegistry.Head calldata head) external pure returns (uint256, ILogRegistry.Head memory) {
        PackedHead packed = PackedHeads.pack(head);
        return (PackedHead.unwrap(packed), packed.unpack());
    }

    function moved(
        ILogRegistry.Head calldata head,
        uint64 size,
        uint40 time,
        uint48 allowance
    ) external pure returns (ILogRegistry.Head memory) {
        return PackedHeads.pack(head).moved(size, time, allowance).unpack();
    }

    function refill(uint48 allowance, uint48 burst, uint32 rate, uint256 elapsed) external pure returns (uint48) {
        return TokenBucket.refill(allowance, burst, rate, elapsed);
    }

    function eligible(uint32[] memory members, uint32 member) external pure returns (bool, uint256) {
        uint256 set = EligibleSet.pack(members);
        return (EligibleSet.has(set, member), EligibleSet.count(set));
    }

    /// @notice Makes the contacts in order and answers the bound of an index after the last one. Called statically, so
    /// that each call begins anew.
    function anchoredBy(Contact[] calldata contacts, uint64 index) external returns (uint40) {
        for (uint256 i = 1; i < contacts.length; i++) {
            _daily.roll(contacts[i - 1].size, contacts[i - 1].time, contacts[i].time);
        }
        return _daily.anchoredBy(index, contacts[contacts.length - 1].time);
    }
}
