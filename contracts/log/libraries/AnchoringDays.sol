// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title By when an entry was anchored, at a cost of one write a day
/// @notice A log's head slot holds its size and the time of its last contact. The first contact of a later UTC day
/// files that pair away, unless the size is filed already: heartbeats must not make old entries look younger.
library AnchoringDays {
    using Checkpoints for Checkpoints.Trace160;

    /// @notice Files (size, lastContact) away if `nowTime` is in a later day.
    function roll(Checkpoints.Trace160 storage self, uint64 size, uint40 lastContact, uint256 nowTime) internal {
        if (size == 0 || nowTime / 1 days == lastContact / 1 days) return;
        (, uint96 filed, ) = self.latestCheckpoint();
        if (filed < size) self.push(size, lastContact);
    }

    /// @notice Time of the first filed contact at which the entry was there; `lastContact` where none is filed yet.
    function anchoredBy(
        Checkpoints.Trace160 storage self,
        uint64 index,
        uint40 lastContact
    ) internal view returns (uint40) {
        uint160 filed = self.lowerLookup(uint96(index) + 1);
        // Only times of type uint40 were ever filed.
        return filed == 0 ? lastContact : uint40(filed);
    }
}
