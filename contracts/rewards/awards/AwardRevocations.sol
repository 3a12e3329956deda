// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Capabilities} from "../../authority/Capabilities.sol";
import {IMembers} from "../../authority/interfaces/IMembers.sol";
import {IRecordDesk} from "../../log/interfaces/IRecordDesk.sol";
import {LogId} from "../../log/LogTypes.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {PackedAward} from "../libraries/PackedAward.sol";
import {AwardStandings} from "./AwardStandings.sol";

/// @title What an issuer may change of an award: revoke, reinstate, adopt the correction of its record
abstract contract AwardRevocations is AwardStandings {
    IMembers private immutable _MEMBERS;

    constructor(IMembers members) {
        _MEMBERS = members;
    }

    /// @inheritdoc IAwards
    function revoke(uint256 tokenId, bytes32 reason) external whenRunning {
        _setRevoked(tokenId, true);
        emit AwardRevoked(tokenId, reason);
    }

    /// @inheritdoc IAwards
    function reinstate(uint256 tokenId, bytes32 reason) external whenRunning {
        _setRevoked(tokenId, false);
        emit AwardReinstated(tokenId, reason);
    }

    /// @inheritdoc IAwards
    function revokeBatch(uint40 batch, bytes32 reason) external whenRunning {
        _setBatchRevoked(batch, true);
        emit BatchRevoked(batch, reason);
    }

    /// @inheritdoc IAwards
    function reinstateBatch(uint40 batch, bytes32 reason) external whenRunning {
        _setBatchRevoked(batch, false);
        emit BatchReinstated(batch, reason);
    }

    /// @inheritdoc IAwards
    function adoptCorrection(uint256 tokenId) external whenRunning {
        _ownerOf(tokenId);
        _requireIssuer(tokenId, _batches[_batchIn(tokenId)]);
        PackedAward award = _awards[tokenId];
        uint64 from = award.evidenceIndex();
        if (!award.hasEvidence()) revert AwardsNotCorrected(tokenId);
        LogId logId = _evidenceLogOf(tokenId);
        IRecordDesk.Entry memory entry = DESK.entryOf(DESK.recordIdFor(logId, from));
        if (entry.state != IRecordDesk.State.Corrected) revert AwardsNotCorrected(tokenId);
        _awards[tokenId] = award.withIndex(entry.correctedBy);
        emit EvidenceCorrected(tokenId, from, entry.correctedBy);
    }

    function _setRevoked(uint256 tokenId, bool revoked) private {
        _ownerOf(tokenId);
        _requireGrant(tokenId);
        PackedAward award = _awards[tokenId];
        if (award.isRevoked() == revoked) revert AwardsUnchanged(tokenId);
        _awards[tokenId] = award.withRevoked(revoked);
    }

    function _setBatchRevoked(uint40 batch, bool revoked) private {
        uint256 tokenId = _tokenId(batch, 0);
        Batch storage stored = _requireGrant(tokenId);
        if (stored.revoked == revoked) revert AwardsUnchanged(tokenId);
        stored.revoked = revoked;
    }

    /// @dev The caller issued it, and it is no campaign's.
    function _requireGrant(uint256 tokenId) private view returns (Batch storage batch) {
        batch = _batches[_batchIn(tokenId)];
        if (batch.issuer == 0) revert ERC721NonexistentToken(tokenId);
        if (_isOfCampaign(batch)) revert AwardsOfCampaign(tokenId);
        _requireIssuer(tokenId, batch);
    }

    function _requireIssuer(uint256 tokenId, Batch storage batch) private view {
        uint32 member = _MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER);
        if (member != batch.issuer) revert AwardsNotIssuer(tokenId, member);
    }
}
