// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Capabilities} from "../authority/Capabilities.sol";
import {Haltable} from "../authority/Haltable.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {ILogRegistry} from "../log/interfaces/ILogRegistry.sol";
import {Lineage, LogId} from "../log/LogTypes.sol";
import {IEngagements} from "./interfaces/IEngagements.sol";
import {EngagementId} from "./AuditTypes.sol";

/// @title Audits under way
/// @dev Who may act is asked of `Members` each time, so that a suspension or a lapsed accreditation stops a team in the
/// same block. Nothing here grows without bound: at most 16 logs an engagement, at most 64 accounts a call, and one
/// word an account.
contract Engagements is Haltable, IEngagements {
    uint256 private constant _MAX_LINEAGES = 16;
    uint256 private constant _MAX_ACCOUNTS = 64;
    /// @dev How long before its opening an audit may have begun: the paper is signed first, the call comes later.
    uint40 private constant _LATEST_OPENING = 1 days;

    IMembers private immutable _MEMBERS;
    ILogRegistry private immutable _REGISTRY;
    bytes32 private immutable _SUITE_ID;

    mapping(EngagementId => Engagement) private _engagements;
    mapping(EngagementId => Lineage[]) private _lineages;
    mapping(EngagementId => mapping(address => Staffing)) private _staffing;

    constructor(address authority, IMembers members, ILogRegistry registry, bytes32 suiteId) AccessManaged(authority) {
        _MEMBERS = members;
        _REGISTRY = registry;
        _SUITE_ID = suiteId;
    }

    /// @inheritdoc IEngagements
    function open(
        bytes32 ref,
        uint32 auditee,
        bytes32 scope,
        uint40 from,
        uint40 until,
        Lineage[] calldata lineages,
        address[] calldata team
    ) external whenRunning returns (EngagementId engagementId) {
        uint32 office = _MEMBERS.requireCapability(msg.sender, Capabilities.AUDIT_OFFICE);
        engagementId = engagementFor(office, ref);
        if (_engagements[engagementId].office != 0) revert EngagementsExists(engagementId);
        if (_MEMBERS.memberInfo(auditee).status == IMembers.Status.None) revert EngagementsUnknownMember(auditee);
        if (auditee == office) revert EngagementsConflict(auditee, office);
        if (scope == 0) revert EngagementsNoScope();
        _requireWindow(from, until);
        _requireLineages(lineages);

        _engagements[engagementId] = Engagement({
            scope: scope,
            office: office,
            auditee: auditee,
            from: from,
            until: until,
            openedAt: _now(),
            closedAt: 0
        });
        _lineages[engagementId] = lineages;
        emit EngagementOpened(engagementId, office, auditee, ref, scope, from, until, lineages);
        _staff(engagementId, auditee, team);
    }

    /// @inheritdoc IEngagements
    function staff(EngagementId engagementId, address[] calldata accounts) external whenRunning {
        Engagement storage engagement = _requireOffice(engagementId);
        if (block.timestamp >= engagement.until) revert EngagementsNotActive(engagementId);
        _staff(engagementId, engagement.auditee, accounts);
    }

    /// @inheritdoc IEngagements
    function release(EngagementId engagementId, address[] calldata accounts) external {
        _requireOffice(engagementId);
        _requireAtMost("accounts", accounts.length, _MAX_ACCOUNTS);
        for (uint256 i = 0; i < accounts.length; ++i) {
            Staffing storage staffing = _staffing[engagementId][accounts[i]];
            if (!_isStaffed(staffing)) revert EngagementsNotStaffed(engagementId, accounts[i]);
            staffing.until = _now();
            emit AuditorReleased(engagementId, accounts[i]);
        }
    }

    /// @inheritdoc IEngagements
    function close(EngagementId engagementId) external {
        _requireOffice(engagementId).closedAt = _now();
        emit EngagementClosed(engagementId);
    }

    /// @inheritdoc IEngagements
    function requireAuditor(
        EngagementId engagementId,
        address account
    ) external view returns (uint32 office, uint32 auditee) {
        Engagement memory engagement = _requireKnown(engagementId);
        if (!_isActive(engagement)) revert EngagementsNotActive(engagementId);
        if (!_isStaffed(_staffing[engagementId][account])) revert EngagementsNotStaffed(engagementId, account);
        _requireIndependent(engagement.auditee, account);
        return (engagement.office, engagement.auditee);
    }

    /// @inheritdoc IEngagements
    function isActive(EngagementId engagementId) external view returns (bool) {
        return _isActive(_requireKnown(engagementId));
    }

    /// @inheritdoc IEngagements
    function supportOf(EngagementId engagementId) external view returns (bool supported, Support[] memory support) {
        uint40 openedAt = _requireKnown(engagementId).openedAt;
        Lineage[] memory lineages = _lineages[engagementId];
        support = new Support[](lineages.length);
        supported = true;
        for (uint256 i = 0; i < lineages.length; ++i) {
            support[i] = _supportBy(lineages[i], openedAt);
            if (support[i] != Support.Sound) supported = false;
        }
    }

    /// @inheritdoc IEngagements
    function engagementOf(EngagementId engagementId) external view returns (Engagement memory) {
        return _requireKnown(engagementId);
    }

    /// @inheritdoc IEngagements
    function lineagesOf(EngagementId engagementId) external view returns (Lineage[] memory) {
        _requireKnown(engagementId);
        return _lineages[engagementId];
    }

    /// @inheritdoc IEngagements
    function staffingOf(EngagementId engagementId, address account) external view returns (Staffing memory) {
        _requireKnown(engagementId);
        return _staffing[engagementId][account];
    }

    /// @inheritdoc IEngagements
    function engagementFor(uint32 office, bytes32 ref) public view returns (EngagementId) {
        return EngagementId.wrap(keccak256(abi.encode("stele.engagement", _SUITE_ID, office, ref)));
    }

    function _staff(EngagementId engagementId, uint32 auditee, address[] calldata accounts) private {
        _requireAtMost("accounts", accounts.length, _MAX_ACCOUNTS);
        for (uint256 i = 0; i < accounts.length; ++i) {
            uint32 member = _requireIndependent(auditee, accounts[i]);
            Staffing storage staffing = _staffing[engagementId][accounts[i]];
            if (_isStaffed(staffing)) revert EngagementsAlreadyStaffed(engagementId, accounts[i]);
            staffing.from = _now();
            staffing.until = 0;
            emit AuditorStaffed(engagementId, accounts[i], member);
        }
    }

    function _requireKnown(EngagementId engagementId) private view returns (Engagement storage engagement) {
        engagement = _engagements[engagementId];
        if (engagement.office == 0) revert EngagementsUnknown(engagementId);
    }

    /// @dev The caller acts for the office of an engagement that is not closed.
    function _requireOffice(EngagementId engagementId) private view returns (Engagement storage engagement) {
        engagement = _requireKnown(engagementId);
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.AUDIT_OFFICE);
        if (member != engagement.office) revert EngagementsNotOffice(engagementId, member);
        if (engagement.closedAt != 0) revert EngagementsClosedAlready(engagementId);
    }

    /// @dev Nobody audits itself, whatever accreditation it has.
    function _requireIndependent(uint32 auditee, address account) private view returns (uint32 member) {
        member = _MEMBERS.hasCapability(account, Capabilities.AUDITOR);
        if (member == 0) revert EngagementsNotAccredited(account);
        if (member == auditee) revert EngagementsConflict(auditee, member);
    }

    function _requireWindow(uint40 from, uint40 until) private view {
        bool valid = from < until && block.timestamp < until && block.timestamp <= uint256(from) + _LATEST_OPENING;
        if (!valid) revert EngagementsInvalidWindow(from, until);
    }

    function _requireLineages(Lineage[] calldata lineages) private view {
        _requireAtMost("lineages", lineages.length, _MAX_LINEAGES);
        for (uint256 i = 0; i < lineages.length; ++i) {
            if (i != 0 && Lineage.unwrap(lineages[i]) <= Lineage.unwrap(lineages[i - 1])) {
                revert EngagementsUnordered(lineages[i - 1], lineages[i]);
            }
            if (!_isOpened(lineages[i])) revert EngagementsUnknownLog(lineages[i]);
        }
    }

    function _isOpened(Lineage lineage) private view returns (bool) {
        try _REGISTRY.currentOf(lineage) returns (LogId) {
            return true;
        } catch {
            return false;
        }
    }

    function _requireAtMost(string memory what, uint256 given, uint256 limit) private pure {
        if (given > limit) revert EngagementsTooMany(what, given, limit);
    }

    function _isActive(Engagement memory engagement) private view returns (bool) {
        if (engagement.closedAt != 0) return false;
        if (block.timestamp < engagement.from || block.timestamp >= engagement.until) return false;
        IMembers.Member memory office = _MEMBERS.memberInfo(engagement.office);
        return
            office.status == IMembers.Status.Active &&
            office.capabilities & Capabilities.AUDIT_OFFICE != 0 &&
            block.timestamp >= office.validFrom &&
            block.timestamp < office.validUntil;
    }

    function _isStaffed(Staffing storage staffing) private view returns (bool) {
        return staffing.from != 0 && staffing.until == 0;
    }

    function _supportBy(Lineage lineage, uint40 openedAt) private view returns (Support) {
        if (_REGISTRY.latestOverdue(lineage) >= openedAt) return Support.Defaulted;
        LogId current = _REGISTRY.currentOf(lineage);
        (ILogRegistry.Head memory head, ) = _REGISTRY.headOf(current);
        if (head.status == ILogRegistry.Status.Frozen) return Support.Frozen;
        return _REGISTRY.isSilent(current) ? Support.Overdue : Support.Sound;
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
