// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogId} from "../../log/LogTypes.sol";
import {AwardLeaf, Campaign, CampaignId, Standing} from "../RewardTypes.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {PackedAwards} from "../libraries/PackedAward.sol";
import {AwardGrants} from "./AwardGrants.sol";

/// @title Tokens made of awards of campaigns
abstract contract AwardMaterials is AwardGrants {
    bytes32 private constant _MATERIALISE_TYPEHASH = keccak256(
        "Materialise(bytes32 campaignId,uint64 index,bytes32 subject,uint40 deadline)"
    );

    mapping(CampaignId => uint40) private _batchOfCampaign;

    /// @inheritdoc IAwards
    function materialise(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof,
        uint40 deadline,
        bytes calldata signature
    ) external whenRunning returns (uint256 tokenId) {
        CampaignId campaignId = CAMPAIGNS.campaignIdFor(campaign);
        address account = _requireSubject(campaignId, leaf.subject, index, deadline, signature);
        (Standing standing, ) = CAMPAIGNS.standingOf(campaign, leaf, index, proof);
        if (standing != Standing.Valid) revert AwardsNotValid(campaignId, index, standing);

        uint40 batch = _batchFor(campaignId, campaign);
        tokenId = _tokenId(batch, index); // a valid index is below the campaign's size, so it fits
        if (_awards[tokenId].exists()) revert AwardsAlreadyMaterialised(tokenId);
        bool hasEvidence = LogId.unwrap(leaf.evidenceLog) != 0;
        if (hasEvidence) _evidenceLogs[tokenId] = leaf.evidenceLog;
        Holding storage holding = _holdings[account];
        if (holding.plusOne == 0) _admit(account, leaf.subject);
        emit AwardMaterialised(tokenId, campaignId, index);
        ++holding.plusOne;
        _awards[tokenId] = PackedAwards.pack(account, leaf.evidenceIndex, hasEvidence);
        _announce(tokenId, account, _batches[batch].issuedAt, campaign.expires);
    }

    /// @inheritdoc IAwards
    function batchOfCampaign(CampaignId campaignId) external view returns (uint40) {
        return _batchOfCampaign[campaignId];
    }

    function _batchFor(CampaignId campaignId, Campaign calldata campaign) private returns (uint40 batch) {
        batch = _batchOfCampaign[campaignId];
        if (batch != 0) return batch;
        batch = _newBatch(
            Batch({
                typeId: campaign.typeId,
                issuer: campaign.issuer,
                issuedAt: CAMPAIGNS.openedOf(campaignId).openedAt,
                expires: campaign.expires,
                count: 0,
                revoked: false,
                evidenceLog: LogId.wrap(0),
                campaign: campaignId
            })
        );
        _batchOfCampaign[campaignId] = batch;
    }

    /// @dev A contested account acts for nobody.
    function _requireSubject(
        CampaignId campaignId,
        bytes32 subject,
        uint64 index,
        uint40 deadline,
        bytes calldata signature
    ) private view returns (address account) {
        account = SUBJECTS.actingAccountOf(subject);
        if (account == address(0)) revert AwardsNotASubject(account);
        if (signature.length == 0) {
            if (msg.sender != account) revert AwardsInvalidSignature(account);
            return account;
        }
        if (block.timestamp > deadline) revert AwardsExpired(deadline);
        bytes32 structHash = keccak256(abi.encode(_MATERIALISE_TYPEHASH, campaignId, index, subject, deadline));
        _requireSignature(account, structHash, signature);
    }
}
