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
import {Accounts} from "./libraries/Accounts.sol";
import {Decay, HeldPoints} from "./libraries/Decay.sol";
import {PointsUri} from "./libraries/PointsUri.sol";
import {Category} from "./RewardTypes.sol";

/// @title Points of merit: recognition that nobody can transfer
/// @dev A slot that holds points belongs to an account of a subject that the id's member enrolled: it was checked when
/// the first points came, an account is tied to one subject for ever, and points move only to the account's successor.
/// So a repeated grant asks nobody. Nothing is ever called that a recipient could choose.
contract MeritPoints is Haltable, ERC165, IERC1155Errors, IMeritPoints {
    using Accounts for address[];
    using Decay for HeldPoints;

    /// @dev So that a slot can be pointed at, and its place is computed once.
    struct Slot {
        HeldPoints held;
    }

    uint32 private constant _SHORTEST_HALF_LIFE = 1 days;
    uint256 private constant _MAX_ACCOUNTS = 1_000;
    /// @dev A recovery takes days and two members; nobody has had this many.
    uint256 private constant _MAX_REPLACEMENTS = 64;

    IMembers private immutable _MEMBERS;
    ISubjects private immutable _SUBJECTS;
    IAwardTypes private immutable _TYPES;

    mapping(uint256 id => Scale) private _scales;
    mapping(uint256 id => mapping(address account => Slot)) private _slots;
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
            accounts: accounts.digest()
        });
        emit PointsGranted(grantId, typeId, member, awardType.points);
        _give(idFor(member, awardType.category), awardType.points, accounts);
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
        if (accounts.digest() != granted.accounts) revert MeritPointsNotGranted(grantId);
        uint256 id = idFor(member, granted.category);
        HeldPoints loss = _given(id, granted.time, points);
        for (uint256 i = 0; i < positions.length; ++i) {
            uint256 position = positions[i];
            if (position >= accounts.length) revert MeritPointsInvalid("positions");
            _count(grantId, position, points, granted.points);
            emit PointsAdjusted(grantId, accounts[position], position, points, reason);
            _take(id, accounts[position], points, loss);
        }
    }

    /// @inheritdoc IMeritPoints
    function migrate(uint256 id, address[] calldata accounts) external {
        for (uint256 i = 0; i < accounts.length; ++i) _gather(id, accounts[i]);
    }

    // Reading

    /// @inheritdoc IMeritPoints
    function decayedOf(address account, uint256 id) external view returns (uint256) {
        HeldPoints held = _slots[id][account].held;
        if (HeldPoints.unwrap(held) == 0) return 0;
        Scale memory scale = _scales[id];
        return held.decayed(block.timestamp - scale.since, scale.halfLife);
    }

    /// @inheritdoc IMeritPoints
    function pointsOf(address account, uint256 id) external view returns (Points memory) {
        (uint256 lifetime, uint256 era, uint256 weight) = _slots[id][account].held.unpacked();
        return Points(uint64(lifetime), uint24(era), uint168(weight)); // as wide as they are packed
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
        return _lifetime(_slots[id][account].held);
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

    function _give(uint256 id, uint64 points, address[] calldata accounts) private {
        HeldPoints gain = _given(id, _now(), points);
        mapping(address account => Slot) storage slots = _slots[id];
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts.at(i);
            Slot storage slot = slots[account];
            HeldPoints held = slot.held;
            if (HeldPoints.unwrap(held) == 0) {
                account = _requireOf(id, account);
                slot = slots[account];
                held = slot.held;
            }
            slot.held = held.added(gain);
            emit TransferSingle(msg.sender, address(0), account, id, points);
        }
    }

    function _take(uint256 id, address named, uint32 points, HeldPoints loss) private {
        (address account, bool last) = _gather(id, named);
        if (!last) revert MeritPointsTooFar(named);
        Slot storage slot = _slots[id][account];
        slot.held = slot.held.taken(loss); // all of the grant's points came here
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
        HeldPoints moved = _slots[id][from].held;
        if (HeldPoints.unwrap(moved) == 0) return;
        delete _slots[id][from];
        Slot storage slot = _slots[id][to];
        slot.held = slot.held.merged(moved);
        emit TransferSingle(msg.sender, from, to, id, _lifetime(moved));
    }

    function _count(uint256 grantId, uint256 position, uint32 points, uint32 granted) private {
        uint32 before = _adjusted[grantId][position];
        if (points > granted - before) revert MeritPointsTooMuch(grantId, position, granted - before);
        _adjusted[grantId][position] = before + points;
    }

    /// @dev The account that stands for this one now; its person was enrolled by the id's member.
    function _requireOf(uint256 id, address named) private view returns (address account) {
        account = named;
        for (uint256 i = 0; i < _MAX_REPLACEMENTS; ++i) {
            address next = _SUBJECTS.successorOf(account);
            if (next == address(0)) break;
            account = next;
        }
        uint32 member = uint32(id >> 8);
        bytes32 subject = _SUBJECTS.subjectOf(account);
        // An unknown subject is of member 0.
        if (_SUBJECTS.subjectInfo(subject).member != member) revert MeritPointsNotOfMember(named, member);
    }

    function _given(uint256 id, uint40 time, uint64 points) private view returns (HeldPoints) {
        Scale memory scale = _scales[id];
        if (scale.since == 0) revert MeritPointsNotOpened(id);
        return Decay.given(points, time - scale.since, scale.halfLife);
    }

    function _lifetime(HeldPoints held) private pure returns (uint256 lifetime) {
        (lifetime, , ) = held.unpacked();
    }

    function _now() private view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }
}
