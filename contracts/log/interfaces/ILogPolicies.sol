// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Published rules that a log is kept under
/// @notice Governance publishes a policy for a kind of log; owners choose one when they open a log. A policy is never
/// edited: better rules are a new policy.
interface ILogPolicies {
    /// @notice Periods are open seconds (`IOpenClock`) unless they say otherwise; 0 means what the field says.
    struct Policy {
        bytes32 kind; // keccak256 of the kind's name, for instance "audit.events"
        uint48 burst; // entries that may be added at once, at least 1
        uint32 rate; // entries a second (block time) by which the allowance grows back, at least 1
        uint8 witnesses; // distinct members whose cosignature a head needs, at most 8
        uint8 mirrors; // distinct members that must sign for holding the entries, at most 8
        uint32 silence; // longest time without a head or heartbeat, at least 1
        uint32 anchoring; // time to anchor a signed checkpoint that is ahead of the chain once demanded, at least 1
        uint32 clockSkew; // seconds, at most a day, by which a header's or cosignature's time may be ahead
        bool noticeNeeded; // whether a record is valid only after notice
        uint32 disputePeriod; // after notice (or anchoring) in which the first dispute is open; 0: always
        uint32 answerPeriod; // for the owner to answer a dispute, at least 1
        uint32 appealPeriod; // for the subject to appeal, at least 1
        uint32 rulingPeriod; // for the arbiter to rule, at least 1
        uint32 supervisor; // member that opens a successor of a frozen log
        uint32 arbiter; // another member, that rules on appeals and on a retired key's evidence
        uint32 ombudsman; // member, not the arbiter, that may attest service of notice
    }

    event PolicyPublished(
        uint32 indexed policyId,
        bytes32 indexed kind,
        Policy policy,
        uint32[] eligibleWitnesses,
        uint32[] eligibleMirrors,
        uint32[] retention
    );

    error LogPoliciesUnknown(uint32 policyId);
    error LogPoliciesInvalid(string field);
    error LogPoliciesConflict(string office, string other); // one member would hold both
    error LogPoliciesTooFew(string field, uint256 eligible, uint256 needed);

    /// @notice Publishes a policy. Restricted to governance. Members named must be enrolled; that they hold the
    /// capability of their office is checked when they act.
    /// @param eligibleWitnesses member ids, strictly ascending, at most 8; empty: any member with `WITNESS`
    /// @param eligibleMirrors member ids, strictly ascending, at most 8; empty: any member with `MIRROR`
    /// @param retention seconds (block time) that a record of class i stays valid, at most 16 classes, at least one;
    /// 0 means for ever
    /// @return policyId counted from 1
    function publish(
        Policy calldata policy,
        uint32[] calldata eligibleWitnesses,
        uint32[] calldata eligibleMirrors,
        uint32[] calldata retention
    ) external returns (uint32 policyId);

    /// @notice The policy; reverts for an unknown id.
    function policyOf(uint32 policyId) external view returns (Policy memory);

    function eligibleWitnesses(uint32 policyId) external view returns (uint32[] memory);

    function eligibleMirrors(uint32 policyId) external view returns (uint32[] memory);

    /// @notice Seconds that a record of this class stays valid; 0 for ever. `known` is false beyond the classes.
    function retentionOf(uint32 policyId, uint8 retentionClass) external view returns (bool known, uint32 period);

    function policyCount() external view returns (uint32);
}
