// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {Capabilities} from "../authority/Capabilities.sol";
import {Haltable} from "../authority/Haltable.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {ISubjects} from "../authority/interfaces/ISubjects.sol";
import {IAwardTypes} from "./interfaces/IAwardTypes.sol";
import {IMeritPoints} from "./interfaces/IMeritPoints.sol";
import {Decay} from "./libraries/Decay.sol";
import {PointsUri} from "./libraries/PointsUri.sol";
import {Category} from "./RewardTypes.sol";

/// @title Points of merit: recognition that nobody can transfer
/// @dev A slot that holds points belongs to an account of a subject that the id's member enrolled: it was checked when
/// the first points came, an account is tied to one subject for ever, and points move only to the account's successor.
/// So a repeated grant asks nobody. Nothing is ever called that a recipient could choose.
contract MeritPoints is Haltable, ERC165, IERC1155Errors, IMeritPoints {
    using Decay for Points;

    uint32 private constant _SHORTEST_HALF_LIFE = 1 days;
    uint256 private constant _MAX_ACCOUNTS = 1_000;
    /// @dev A recovery takes days and two members; nobody has had this many.
    uint256 private constant _MAX_REPLACEMENTS = 64;

    IMembers private immutable _MEMBERS;
    ISubjects private immutable _SUBJECTS;
    IAwardTypes private immutable _TYPES;

    mapping(uint256 id => Scale) private _scales;
    mapping(uint256 id => mapping(address account => Points)) private _points;
    mapping(uint256 grantId => Grant) private _grants;
    mapping(uint256 grantId => mapping(uint256 position => uint32)) private _adjusted;
    uint256 private _grantCount;

    constructor(
        address initialAuthority,
        IMembers members,
        ISubjects subjects,
        IAwardTypes types
    ) AccessManaged(initialAuthority) {
        _MEMBERS = members;
        _SUBJECTS = subjects;
        _TYPES = types;
    }

    /// @inheritdoc IMeritPoints
    function openScale(Category category, uint32 halfLife) external whenRunning returns (uint256 id) {
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER);
        if (category == Category.None) revert MeritPointsInvalid("category");
        if (halfLife < _SHORTEST_HALF_LIFE) revert MeritPointsInvalid("halfLife");
        id = idFor(member, category);
        if (_scales[id].since != 0) revert MeritPointsOpened(id);
        _scales[id] = Scale(_now(), halfLife);
        emit ScaleOpened(id, member, category, halfLife);
        emit URI(uri(id), id);
    }

    /// @inheritdoc IMeritPoints
    function grant(uint32 typeId, address[] calldata accounts) external whenRunning returns (uint256 grantId) {
        (uint32 member, IAwardTypes.AwardType memory awardType) = _TYPES.requireGranter(typeId, msg.sender);
        if (awardType.points == 0) revert MeritPointsInvalid("points");
        if (accounts.length == 0 || accounts.length > _MAX_ACCOUNTS) revert MeritPointsInvalid("accounts");
        grantId = ++_grantCount;
        _grants[grantId] = Grant({
            typeId: typeId,
            issuer: member,
            time: _now(),
            points: awardType.points,
            category: awardType.category,
            accounts: _hash(accounts)
        });
        emit PointsGranted(grantId, typeId, member, awardType.points);
        _give(member, awardType, accounts);
    }

    /// @inheritdoc IMeritPoints
    function adjust(
        uint256 grantId,
        address[] calldata accounts,
        uint256[] calldata positions,
        uint32 points,
        bytes32 reason
    ) external whenRunning {
        Grant memory granted = _grants[grantId];
        if (granted.issuer == 0) revert MeritPointsUnknownGrant(grantId);
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER);
        if (member != granted.issuer) revert MeritPointsNotIssuer(grantId, member);
        if (points == 0) revert MeritPointsInvalid("points");
        if (_hash(accounts) != granted.accounts) revert MeritPointsNotGranted(grantId);
        uint256 id = idFor(member, granted.category);
        (uint256 era, uint256 weight) = _weight(_scales[id], granted.time, points);
        for (uint256 i = 0; i < positions.length; ++i) {
            uint256 position = positions[i];
            if (position >= accounts.length) revert MeritPointsInvalid("positions");
            _count(grantId, position, points, granted.points);
            emit PointsAdjusted(grantId, accounts[position], position, points, reason);
            _take(id, accounts[position], points, era, weight);
        }
    }

    /// @inheritdoc IMeritPoints
    function migrate(uint256 id, address[] calldata accounts) external {
        for (uint256 i = 0; i < accounts.length; ++i) _gather(id, accounts[i]);
    }

    // Reading

    /// @inheritdoc IMeritPoints
    function decayedOf(address account, uint256 id) external view returns (uint256) {
        Points memory held = _points[id][account];
        if (held.lifetime == 0) return 0;
        Scale memory scale = _scales[id];
        return held.decayed(block.timestamp - scale.since, scale.halfLife);
    }

    /// @inheritdoc IMeritPoints
    function pointsOf(address account, uint256 id) external view returns (Points memory) {
        return _points[id][account];
    }

    /// @inheritdoc IMeritPoints
    function scaleOf(uint256 id) external view returns (Scale memory) {
        return _scales[id];
    }

    /// @inheritdoc IMeritPoints
    function grantOf(uint256 grantId) external view returns (Grant memory) {
        return _grants[grantId];
    }

    /// @inheritdoc IMeritPoints
    function grantCount() external view returns (uint256) {
        return _grantCount;
    }

    /// @inheritdoc IMeritPoints
    function adjustedOf(uint256 grantId, uint256 position) external view returns (uint32) {
        return _adjusted[grantId][position];
    }

    /// @inheritdoc IMeritPoints
    function idFor(uint32 member, Category category) public pure returns (uint256) {
        return (uint256(member) << 8) | uint8(category);
    }

    // ERC-1155

    /// @inheritdoc IERC1155
    function balanceOf(address account, uint256 id) public view returns (uint256) {
        return _points[id][account].lifetime;
    }

    /// @inheritdoc IERC1155
    function balanceOfBatch(
        address[] calldata accounts,
        uint256[] calldata ids
    ) external view returns (uint256[] memory balances) {
        if (accounts.length != ids.length) revert ERC1155InvalidArrayLength(ids.length, accounts.length);
        balances = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) balances[i] = balanceOf(accounts[i], ids[i]);
    }

    /// @inheritdoc IERC1155MetadataURI
    function uri(uint256 id) public view returns (string memory) {
        Scale memory scale = _scales[id];
        if (scale.since == 0) return "";
        uint32 member = uint32(id >> 8); // an opened id is made of a member and a category
        return PointsUri.render(_MEMBERS.nameOf(member), Category(uint8(id)), scale.halfLife);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return
            interfaceId == type(IERC1155).interfaceId ||
            interfaceId == type(IERC1155MetadataURI).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /// @notice Nobody is.
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @notice Always reverts.
    function setApprovalForAll(address, bool) external pure {
        revert MeritPointsNotTransferable();
    }

    /// @notice Always reverts.
    function safeTransferFrom(address, address, uint256, uint256, bytes calldata) external pure {
        revert MeritPointsNotTransferable();
    }

    /// @notice Always reverts.
    function safeBatchTransferFrom(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external pure {
        revert MeritPointsNotTransferable();
    }

    // Rules

    function _give(uint32 member, IAwardTypes.AwardType memory awardType, address[] calldata accounts) private {
        uint256 id = idFor(member, awardType.category);
        uint64 points = awardType.points;
        if (_scales[id].since == 0) revert MeritPointsNotOpened(id);
        (uint256 era, uint256 weight) = _weight(_scales[id], _now(), points);
        mapping(address account => Points) storage held = _points[id];
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts[i];
            Points memory before = held[account];
            if (before.lifetime == 0) {
                account = _requireOf(member, account);
                before = held[account];
            }
            held[account] = before.added(points, era, weight);
            emit TransferSingle(msg.sender, address(0), account, id, points);
        }
    }

    /// @dev Rounded against the account by less than one unit, so that no adjustment leaves weight without points.
    function _take(uint256 id, address named, uint32 points, uint256 era, uint256 weight) private {
        (address account, bool last) = _gather(id, named);
        if (!last) revert MeritPointsTooFar(named);
        // All of the grant's points came here.
        _points[id][account] = _points[id][account].taken(points, era, weight);
        emit TransferSingle(msg.sender, account, address(0), id, points);
    }

    /// @dev Moves what the account and those after it have to the last one.
    /// @return last the account that nobody replaced, or the one where this stopped
    /// @return found whether it is the former
    function _gather(uint256 id, address account) private returns (address last, bool found) {
        last = account;
        for (uint256 i = 0; i < _MAX_REPLACEMENTS; ++i) {
            address next = _SUBJECTS.successorOf(last);
            if (next == address(0)) return (last, true);
            _move(id, last, next);
            last = next;
        }
        return (last, _SUBJECTS.successorOf(last) == address(0));
    }

    function _move(uint256 id, address from, address to) private {
        Points memory moved = _points[id][from];
        if (moved.lifetime == 0) return;
        delete _points[id][from];
        _points[id][to] = _points[id][to].merged(moved);
        emit TransferSingle(msg.sender, from, to, id, moved.lifetime);
    }

    function _count(uint256 grantId, uint256 position, uint32 points, uint32 granted) private {
        uint32 before = _adjusted[grantId][position];
        if (points > granted - before) revert MeritPointsTooMuch(grantId, position, granted - before);
        _adjusted[grantId][position] = before + points;
    }

    /// @dev The account that stands for this one now; its person was enrolled by the member.
    function _requireOf(uint32 member, address named) private view returns (address account) {
        account = named;
        for (uint256 i = 0; i < _MAX_REPLACEMENTS; ++i) {
            address next = _SUBJECTS.successorOf(account);
            if (next == address(0)) break;
            account = next;
        }
        bytes32 subject = _SUBJECTS.subjectOf(account);
        // An unknown subject is of member 0.
        if (_SUBJECTS.subjectInfo(subject).member != member) revert MeritPointsNotOfMember(named, member);
    }

    function _weight(
        Scale memory scale,
        uint40 time,
        uint64 points
    ) private pure returns (uint256 era, uint256 weight) {
        uint256 factor;
        (era, factor) = Decay.factorAt(time - scale.since, scale.halfLife);
        weight = points * factor;
    }

    function _hash(address[] calldata accounts) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(accounts));
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
