// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DatasetId} from "../AuditTypes.sol";

/// @title What a mirror signs for having a dataset, and when it counts
/// @dev Twin: sdk/audit/possession.ts. A differential test holds the two equal.
library Possessions {
    /// @notice How far a statement's time may be ahead of the block that files it.
    uint40 internal constant AHEAD = 10 minutes;

    /// @notice How old a statement may be when it is filed; what nobody filed in that time is void.
    uint40 internal constant AGE = 7 days;

    bytes32 private constant _TYPEHASH = keccak256("Possession(bytes32 datasetId,uint40 time)");

    /// @notice EIP-712 hash of the statement, without the domain.
    function structHash(DatasetId datasetId, uint40 time) internal pure returns (bytes32) {
        return keccak256(abi.encode(_TYPEHASH, datasetId, time));
    }

    /// @notice Whether a statement of this time counts now: it is later than the mirror's last one and, by more than a
    /// clock may be ahead, than its last withdrawal. So nothing that was signed before a withdrawal counts after it.
    /// @param vouchedAt of the mirror's last statement, 0 while it does not vouch
    /// @param withdrawnAt 0 for never
    function isTimely(
        uint40 time,
        uint40 vouchedAt,
        uint40 withdrawnAt,
        uint256 timestamp
    ) internal pure returns (bool) {
        if (time > timestamp + AHEAD || uint256(time) + AGE < timestamp) return false;
        return time > vouchedAt && (withdrawnAt == 0 || time > uint256(withdrawnAt) + AHEAD);
    }
}
