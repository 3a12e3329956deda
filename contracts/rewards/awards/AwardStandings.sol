// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../log/interfaces/ILogRegistry.sol";
import {IRecordDesk} from "../../log/interfaces/IRecordDesk.sol";
import {LogId} from "../../log/LogTypes.sol";
import {Standing} from "../RewardTypes.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {ICampaigns} from "../interfaces/ICampaigns.sol";
import {PackedAward} from "../libraries/PackedAward.sol";
import {StandingRules} from "../libraries/StandingRules.sol";
import {AwardTokens} from "./AwardTokens.sol";

/// @title How awards stand
abstract contract AwardStandings is AwardTokens {
    ICampaigns internal immutable CAMPAIGNS;
    ILogRegistry internal immutable REGISTRY;
    IRecordDesk internal immutable DESK;

    /// @dev Tokens of a campaign rest on records of several logs.
    mapping(uint256 tokenId => LogId) internal _evidenceLogs;

    constructor(ICampaigns campaigns, ILogRegistry registry, IRecordDesk desk) {
        CAMPAIGNS = campaigns;
        REGISTRY = registry;
        DESK = desk;
    }

    /// @inheritdoc IAwards
    function standingOf(uint256 tokenId) external view returns (Standing standing, bool disputed) {
        return _standingOf(tokenId);
    }

    /// @inheritdoc IAwards
    function isValid(uint256 tokenId) external view returns (bool) {
        (Standing standing, ) = _standingOf(tokenId);
        return standing == Standing.Valid;
    }

    /// @inheritdoc IAwards
    function evidenceOf(uint256 tokenId) external view returns (LogId logId, uint64 index) {
        _ownerOf(tokenId);
        PackedAward award = _awards[tokenId];
        if (award.hasEvidence()) (logId, index) = (_evidenceLogOf(tokenId), award.evidenceIndex());
    }

    function _evidenceLogOf(uint256 tokenId) internal view returns (LogId) {
        Batch storage batch = _batches[_batchIn(tokenId)];
        return _isOfCampaign(batch) ? _evidenceLogs[tokenId] : batch.evidenceLog;
    }

    function _standingOf(uint256 tokenId) private view returns (Standing standing, bool disputed) {
        PackedAward award = _awards[tokenId];
        if (!award.exists()) return (Standing.None, false);
        bool supported = true;
        if (award.hasEvidence()) {
            LogId logId = _evidenceLogOf(tokenId);
            (supported, disputed) = StandingRules.supportOf(REGISTRY, DESK, logId, award.evidenceIndex());
        }
        Batch storage batch = _batches[_batchIn(tokenId)];
        bool revoked = _isRevoked(tokenId, award, batch);
        standing = StandingRules.standingAt(revoked, batch.expires, supported, block.timestamp);
    }

    function _isRevoked(uint256 tokenId, PackedAward award, Batch storage batch) private view returns (bool) {
        if (_isOfCampaign(batch)) return CAMPAIGNS.isRevoked(batch.campaign, _positionIn(tokenId));
        return award.isRevoked() || batch.revoked;
    }
}
