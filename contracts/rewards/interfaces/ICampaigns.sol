// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AwardLeaf, Campaign, CampaignId, Standing} from "../RewardTypes.sol";
import {IAwardTypes} from "./IAwardTypes.sol";

/// @title Awards by the root of a tree
/// @notice One transaction grants any number of awards: the root over salted commitments to subject, evidence and
/// content. Each counts at once, for whoever holds its opening; nobody else learns for whom it is. `Awards` makes a
/// token of one at its subject's wish. Whether an award of a campaign stands is said here, token or not.
/// @dev Also keeps the award types: opening a campaign then reads its type in its own storage.
interface ICampaigns is IAwardTypes {
    /// @notice One slot a campaign.
    struct Opened {
        // slot 0
        uint40 openedAt; // seconds, 0 where there is no such campaign
        bool revoked; // as a whole
        uint64 revocations; // of single leaves that stand now
    }

    event CampaignOpened(
        CampaignId indexed campaignId,
        uint32 indexed typeId,
        uint32 indexed issuer,
        bytes32 root,
        uint64 size,
        uint40 expires
    );
    event CampaignRevoked(CampaignId indexed campaignId, bytes32 reason);
    event CampaignReinstated(CampaignId indexed campaignId, bytes32 reason);
    event LeafRevoked(CampaignId indexed campaignId, uint64 indexed index, bytes32 reason);
    event LeafReinstated(CampaignId indexed campaignId, uint64 indexed index, bytes32 reason);

    error CampaignsInvalid(string field);
    error CampaignsExists(CampaignId campaignId);
    error CampaignsUnknown(CampaignId campaignId);
    error CampaignsNotIssuer(CampaignId campaignId, uint32 member);
    error CampaignsBeyond(CampaignId campaignId, uint64 index);
    error CampaignsUnchanged(CampaignId campaignId);

    /// @notice Opens a campaign. Caller: a member that may grant the type.
    /// @dev Warning: with 0 the expiry, and so the id, depends on the second; whoever may have to send again says one,
    /// so that the same leaves are not granted twice.
    /// @param expires 0 for what the type says; never later than that
    function open(bytes32 root, uint64 size, uint40 expires, uint32 typeId) external returns (CampaignId campaignId);

    /// @notice Revokes the whole campaign, tokens made of it included. Caller: its issuer.
    /// @param reason code of the published reason, not text about a person
    function revokeCampaign(Campaign calldata campaign, bytes32 reason) external;
    function reinstateCampaign(Campaign calldata campaign, bytes32 reason) external;

    /// @notice Revokes one award of a campaign, token or not. Caller: the issuer.
    function revokeLeaf(Campaign calldata campaign, uint64 index, bytes32 reason) external;
    function reinstateLeaf(Campaign calldata campaign, uint64 index, bytes32 reason) external;

    /// @notice How an award of a campaign stands, for whoever can show it. `None` where the proof does not lead to the
    /// root, the campaign was never opened, or its type needs evidence and the leaf names none.
    /// @param proof RFC 9162 inclusion proof of the leaf
    /// @return standing now
    /// @return disputed the record that the award rests on is under dispute
    function standingOf(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof
    ) external view returns (Standing standing, bool disputed);

    /// @notice Whether `standingOf` says `Valid`.
    function isValid(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice Whether a leaf or its campaign is revoked: for callers that know the rest.
    function isRevoked(CampaignId campaignId, uint64 index) external view returns (bool);

    /// @notice One word of the map of single revocations: bit i % 256 of word i / 256, for status lists.
    function revocations(CampaignId campaignId, uint64 word) external view returns (uint256);

    function openedOf(CampaignId campaignId) external view returns (Opened memory);
    function campaignIdFor(Campaign calldata campaign) external view returns (CampaignId);
}
