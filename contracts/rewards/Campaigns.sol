// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {Capabilities} from "../authority/Capabilities.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {ILogRegistry} from "../log/interfaces/ILogRegistry.sol";
import {IRecordDesk} from "../log/interfaces/IRecordDesk.sol";
import {MerkleTree} from "../log/libraries/MerkleTree.sol";
import {LogId} from "../log/LogTypes.sol";
import {AwardTypes} from "./AwardTypes.sol";
import {ICampaigns} from "./interfaces/ICampaigns.sol";
import {PackedType} from "./libraries/PackedType.sol";
import {StandingRules} from "./libraries/StandingRules.sol";
import {AwardLeaf, Campaign, CampaignId, Standing} from "./RewardTypes.sol";

/// @title Awards by the root of a tree
contract Campaigns is AwardTypes, ICampaigns {
    uint64 private constant _MAX_SIZE = 2 ** 32;

    ILogRegistry private immutable _REGISTRY;
    IRecordDesk private immutable _DESK;
    bytes32 private immutable _SUITE_ID;

    mapping(CampaignId => Opened) private _opened;
    mapping(CampaignId => mapping(uint64 word => uint256)) private _revocations;

    constructor(
        address authority,
        IMembers members,
        ILogRegistry registry,
        IRecordDesk desk,
        bytes32 suiteId
    ) AccessManaged(authority) AwardTypes(members) {
        _REGISTRY = registry;
        _DESK = desk;
        _SUITE_ID = suiteId;
    }

    /// @inheritdoc ICampaigns
    function open(
        bytes32 root,
        uint64 size,
        uint40 expires,
        uint32 typeId
    ) external whenRunning returns (CampaignId campaignId) {
        if (root == 0) revert CampaignsInvalid("root");
        unchecked {
            if (size - 1 >= _MAX_SIZE) revert CampaignsInvalid("size"); // zero wraps around to the largest
        }
        PackedType awardType = _typeOf(typeId);
        uint32 issuer = _requireGranter(typeId, awardType, msg.sender);
        expires = uint40(_expiryOf(expires, awardType.validity()));
        campaignId = _idOf(root, size, typeId, issuer, expires);
        Opened storage opened = _opened[campaignId];
        if (opened.openedAt != 0) revert CampaignsExists(campaignId);
        // `openedAt` of an empty slot, without reading it again; seconds fit for 34,000 years.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            sstore(opened.slot, timestamp())
        }
        emit CampaignOpened(campaignId, typeId, issuer, root, size, expires);
    }

    /// @inheritdoc ICampaigns
    function revokeCampaign(Campaign calldata campaign, bytes32 reason) external whenRunning {
        CampaignId campaignId = _setCampaign(campaign, true);
        emit CampaignRevoked(campaignId, reason);
    }

    /// @inheritdoc ICampaigns
    function reinstateCampaign(Campaign calldata campaign, bytes32 reason) external whenRunning {
        CampaignId campaignId = _setCampaign(campaign, false);
        emit CampaignReinstated(campaignId, reason);
    }

    /// @inheritdoc ICampaigns
    function revokeLeaf(Campaign calldata campaign, uint64 index, bytes32 reason) external whenRunning {
        CampaignId campaignId = _setLeaf(campaign, index, true);
        emit LeafRevoked(campaignId, index, reason);
    }

    /// @inheritdoc ICampaigns
    function reinstateLeaf(Campaign calldata campaign, uint64 index, bytes32 reason) external whenRunning {
        CampaignId campaignId = _setLeaf(campaign, index, false);
        emit LeafReinstated(campaignId, index, reason);
    }

    /// @inheritdoc ICampaigns
    function isValid(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof
    ) external view returns (bool) {
        (Standing standing, ) = standingOf(campaign, leaf, index, proof);
        return standing == Standing.Valid;
    }

    /// @inheritdoc ICampaigns
    function revocations(CampaignId campaignId, uint64 word) external view returns (uint256) {
        return _revocations[campaignId][word];
    }

    /// @inheritdoc ICampaigns
    function openedOf(CampaignId campaignId) external view returns (Opened memory) {
        return _opened[campaignId];
    }

    /// @inheritdoc ICampaigns
    function standingOf(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof
    ) public view returns (Standing standing, bool disputed) {
        CampaignId campaignId = campaignIdFor(campaign);
        if (_opened[campaignId].openedAt == 0) return (Standing.None, false);
        if (LogId.unwrap(leaf.evidenceLog) == 0 && _typeOf(campaign.typeId).needsEvidence())
            return (Standing.None, false);
        if (!MerkleTree.verifyInclusion(_leafHash(leaf), index, campaign.size, campaign.root, proof))
            return (Standing.None, false);
        bool supported;
        (supported, disputed) = StandingRules.supportOf(_REGISTRY, _DESK, leaf.evidenceLog, leaf.evidenceIndex);
        standing = StandingRules.standingAt(isRevoked(campaignId, index), campaign.expires, supported, block.timestamp);
    }

    /// @inheritdoc ICampaigns
    function isRevoked(CampaignId campaignId, uint64 index) public view returns (bool) {
        (uint64 word, uint256 bit) = _placeOf(index);
        return _opened[campaignId].revoked || _revocations[campaignId][word] & bit != 0;
    }

    /// @inheritdoc ICampaigns
    function campaignIdFor(Campaign memory campaign) public view returns (CampaignId) {
        return CampaignId.wrap(keccak256(abi.encode(_SUITE_ID, campaign)));
    }

    function _setCampaign(Campaign calldata campaign, bool revoked) private returns (CampaignId campaignId) {
        campaignId = _requireIssuer(campaign);
        Opened storage opened = _opened[campaignId];
        if (opened.revoked == revoked) revert CampaignsUnchanged(campaignId);
        opened.revoked = revoked;
    }

    function _setLeaf(Campaign calldata campaign, uint64 index, bool revoked) private returns (CampaignId campaignId) {
        campaignId = _requireIssuer(campaign);
        if (index >= campaign.size) revert CampaignsBeyond(campaignId, index);
        (uint64 word, uint256 bit) = _placeOf(index);
        uint256 before = _revocations[campaignId][word];
        if ((before & bit != 0) == revoked) revert CampaignsUnchanged(campaignId);
        _revocations[campaignId][word] = before ^ bit;
        if (revoked) ++_opened[campaignId].revocations;
        else --_opened[campaignId].revocations;
    }

    function _requireIssuer(Campaign calldata campaign) private view returns (CampaignId campaignId) {
        campaignId = campaignIdFor(campaign);
        if (_opened[campaignId].openedAt == 0) revert CampaignsUnknown(campaignId);
        uint32 member = MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER);
        if (member != campaign.issuer) revert CampaignsNotIssuer(campaignId, member);
    }

    /// @dev The expiry asked for, from the next second to what the type allows from now on.
    function _expiryOf(uint256 asked, uint40 validity) private view returns (uint256) {
        unchecked {
            // 40 bits of seconds are 34,000 years, so the sum fits.
            if (asked == 0) return validity == 0 ? 0 : block.timestamp + validity;
            // One comparison for both ends: a time that is past wraps around, and so does a validity of none.
            if (asked - block.timestamp - 1 > validity - 1) revert CampaignsInvalid("expires");
            return asked;
        }
    }

    /// @dev `campaignIdFor`, hashed where memory ends instead of in a copy of it (docs/decisions/0100).
    function _idOf(
        bytes32 root,
        uint256 size,
        uint256 typeId,
        uint256 issuer,
        uint256 expires
    ) private view returns (CampaignId campaignId) {
        bytes32 suiteId = _SUITE_ID;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let encoded := mload(0x40)
            mstore(encoded, suiteId)
            mstore(add(encoded, 0x20), root)
            mstore(add(encoded, 0x40), size)
            mstore(add(encoded, 0x60), typeId)
            mstore(add(encoded, 0x80), issuer)
            mstore(add(encoded, 0xa0), expires)
            campaignId := keccak256(encoded, 0xc0)
        }
    }

    function _leafHash(AwardLeaf calldata leaf) private pure returns (bytes32) {
        return
            sha256(
                abi.encodePacked(
                    bytes1(0x00),
                    "stele.award.v1",
                    leaf.subject,
                    leaf.evidenceLog,
                    leaf.evidenceIndex,
                    leaf.content,
                    leaf.salt
                )
            );
    }

    function _placeOf(uint64 index) private pure returns (uint64 word, uint256 bit) {
        return (index >> 8, 1 << (index & 0xff));
    }
}
