// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IMembers} from "../authority/interfaces/IMembers.sol";
import {ILogPolicies} from "./interfaces/ILogPolicies.sol";

/// @title Published rules that a log is kept under
/// @dev Nothing here can be halted: publishing is governance's own act, and everything else reads.
contract LogPolicies is AccessManaged, ILogPolicies {
    uint256 private constant _MAX_COSIGNERS = 8;
    uint256 private constant _MAX_CLASSES = 16;
    uint32 private constant _MAX_SKEW = 1 days;

    IMembers private immutable _MEMBERS;

    uint32 private _count;
    mapping(uint32 policyId => Policy) private _policies;
    mapping(uint32 policyId => uint32[]) private _witnesses;
    mapping(uint32 policyId => uint32[]) private _mirrors;
    mapping(uint32 policyId => uint32[]) private _retention;

    constructor(address authority, IMembers members) AccessManaged(authority) {
        _MEMBERS = members;
    }

    /// @inheritdoc ILogPolicies
    function publish(
        Policy calldata policy,
        uint32[] calldata witnesses,
        uint32[] calldata mirrors,
        uint32[] calldata retention
    ) external restricted returns (uint32 policyId) {
        uint32 members = _MEMBERS.memberCount();
        _checkPeriods(policy);
        _checkOffices(policy, members);
        _checkEligible("eligibleWitnesses", witnesses, policy.witnesses, members);
        _checkEligible("eligibleMirrors", mirrors, policy.mirrors, members);
        if (retention.length == 0 || retention.length > _MAX_CLASSES) revert LogPoliciesInvalid("retention");

        policyId = ++_count;
        _policies[policyId] = policy;
        _witnesses[policyId] = witnesses;
        _mirrors[policyId] = mirrors;
        _retention[policyId] = retention;
        emit PolicyPublished(policyId, policy.kind, policy, witnesses, mirrors, retention);
    }

    /// @inheritdoc ILogPolicies
    function policyOf(uint32 policyId) external view returns (Policy memory) {
        _requireKnown(policyId);
        return _policies[policyId];
    }

    /// @inheritdoc ILogPolicies
    function eligibleWitnesses(uint32 policyId) external view returns (uint32[] memory) {
        _requireKnown(policyId);
        return _witnesses[policyId];
    }

    /// @inheritdoc ILogPolicies
    function eligibleMirrors(uint32 policyId) external view returns (uint32[] memory) {
        _requireKnown(policyId);
        return _mirrors[policyId];
    }

    /// @inheritdoc ILogPolicies
    function retentionOf(uint32 policyId, uint8 retentionClass) external view returns (bool known, uint32 period) {
        _requireKnown(policyId);
        uint32[] storage classes = _retention[policyId];
        known = retentionClass < classes.length;
        if (known) period = classes[retentionClass];
    }

    /// @inheritdoc ILogPolicies
    function policyCount() external view returns (uint32) {
        return _count;
    }

    function _requireKnown(uint32 policyId) private view {
        if (policyId == 0 || policyId > _count) revert LogPoliciesUnknown(policyId);
    }

    function _checkPeriods(Policy calldata policy) private pure {
        if (policy.kind == 0) revert LogPoliciesInvalid("kind");
        if (policy.burst == 0) revert LogPoliciesInvalid("burst");
        if (policy.rate == 0) revert LogPoliciesInvalid("rate");
        if (policy.silence == 0) revert LogPoliciesInvalid("silence");
        if (policy.anchoring == 0) revert LogPoliciesInvalid("anchoring");
        if (policy.clockSkew > _MAX_SKEW) revert LogPoliciesInvalid("clockSkew");
        if (policy.answerPeriod == 0) revert LogPoliciesInvalid("answerPeriod");
        if (policy.appealPeriod == 0) revert LogPoliciesInvalid("appealPeriod");
        if (policy.rulingPeriod == 0) revert LogPoliciesInvalid("rulingPeriod");
    }

    function _checkOffices(Policy calldata policy, uint32 members) private pure {
        if (policy.supervisor == 0 || policy.supervisor > members) revert LogPoliciesInvalid("supervisor");
        if (policy.arbiter == 0 || policy.arbiter > members) revert LogPoliciesInvalid("arbiter");
        if (policy.ombudsman == 0 || policy.ombudsman > members) revert LogPoliciesInvalid("ombudsman");
        if (policy.arbiter == policy.supervisor) revert LogPoliciesConflict("arbiter", "supervisor");
        if (policy.arbiter == policy.ombudsman) revert LogPoliciesConflict("arbiter", "ombudsman");
    }

    function _checkEligible(
        string memory field,
        uint32[] calldata eligible,
        uint256 needed,
        uint32 members
    ) private pure {
        if (eligible.length > _MAX_COSIGNERS) revert LogPoliciesInvalid(field);
        uint256 available = eligible.length == 0 ? _MAX_COSIGNERS : eligible.length;
        if (needed > available) revert LogPoliciesTooFew(field, available, needed);
        uint32 previous = 0;
        for (uint256 i = 0; i < eligible.length; ++i) {
            if (eligible[i] <= previous || eligible[i] > members) revert LogPoliciesInvalid(field);
            previous = eligible[i];
        }
    }
}
