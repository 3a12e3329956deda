// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a member may do, one bit each
/// @notice Numbered by module and never reused: authority 0 to 15, log 16 to 31, rewards 32 to 47, audit 48 to 63,
/// products 64 to 79, settlement 80 to 95, fares 96 to 111.
library Capabilities {
    /// @notice Enrols subjects, proposes and seconds recoveries.
    uint128 internal constant SUBJECT_OFFICER = 1 << 0;

    /// @notice Opens logs, advances them and answers for their records.
    uint128 internal constant LOG_OWNER = 1 << 16;

    /// @notice Cosigns heads it found consistent with all it saw before.
    uint128 internal constant WITNESS = 1 << 17;

    /// @notice Signs for holding a log's entries.
    uint128 internal constant MIRROR = 1 << 18;

    /// @notice Decides appeals and vetoed recoveries where a policy or a case names it.
    uint128 internal constant ARBITER = 1 << 19;

    /// @notice Opens successors of frozen logs where a policy names it.
    uint128 internal constant SUPERVISOR = 1 << 20;

    /// @notice Attests that notice of a record was served where a policy names it.
    uint128 internal constant OMBUDSMAN = 1 << 21;

    /// @notice Publishes award types, grants awards and points of the types it may grant, opens campaigns.
    uint128 internal constant AWARDER = 1 << 32;

    /// @notice Opens engagements with auditees and staffs them.
    uint128 internal constant AUDIT_OFFICE = 1 << 48;

    /// @notice Accredited to be on the team of an engagement.
    uint128 internal constant AUDITOR = 1 << 49;

    /// @notice Registers datasets it holds and answers challenges.
    uint128 internal constant DATASET_HOLDER = 1 << 50;
}
