// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Roles of governance in the AccessManager
/// @notice Members have capabilities, governance has roles; nothing else has authority. The manager's own ADMIN_ROLE
/// (0) configures roles and delays.
library Roles {
    /// @notice Publishes policies, names contracts, resumes, changes members' capabilities, replaces administrators;
    /// acts with delay.
    uint64 internal constant GOVERNOR = 1;

    /// @notice Enrols and suspends members.
    uint64 internal constant REGISTRAR = 2;

    /// @notice Halts contracts and declares outages, without delay.
    uint64 internal constant GUARDIAN = 3;
}
