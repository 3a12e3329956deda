// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {LogId} from "../../log/LogTypes.sol";
import {CampaignId} from "../RewardTypes.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {IAwardTypes} from "../interfaces/IAwardTypes.sol";
import {PackedAward, PackedAwards} from "../libraries/PackedAward.sol";
import {AwardHolders} from "./AwardHolders.sol";
import {AwardStandings} from "./AwardStandings.sol";

/// @title Granting, by transaction and by signature
abstract contract AwardGrants is AwardHolders, AwardStandings, EIP712 {
    uint256 private constant MAX_ACCOUNTS = 1000;
    bytes32 private constant GRANT_TYPEHASH = keccak256(
        "Grant(uint32 typeId,uint40 expires,bytes32 evidenceLog,address[] accounts,uint64[] evidence,uint256 nonce,"
        "uint40 deadline)"
    );

    /// @dev Bit nonce % 256 of word nonce / 256.
    mapping(address signer => mapping(uint256 word => uint256)) private _nonces;

    constructor() EIP712("Stele Awards", "1") {}

    /// @inheritdoc IAwards
    function grant(Grant calldata grant_) external whenRunning returns (uint40 batch) {
        return _grant(grant_, msg.sender);
    }

    /// @inheritdoc IAwards
    function grantBySignature(
        Grant calldata grant_,
        address signer,
        uint256 nonce,
        uint40 deadline,
        bytes calldata signature
    ) external whenRunning returns (uint40 batch) {
        if (block.timestamp > deadline) revert AwardsExpired(deadline);
        _useNonce(signer, nonce);
        _requireSignature(signer, _hashOf(grant_, nonce, deadline), signature);
        return _grant(grant_, signer);
    }

    /// @inheritdoc IAwards
    function useNonce(uint256 nonce) external {
        _useNonce(msg.sender, nonce);
    }

    /// @inheritdoc IAwards
    function isNonceUsed(address signer, uint256 nonce) public view returns (bool) {
        return _nonces[signer][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @dev An ERC-1271 account is asked by a static call.
    function _requireSignature(address signer, bytes32 structHash, bytes calldata signature) internal view {
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, _hashTypedDataV4(structHash), signature)) {
            revert AwardsInvalidSignature(signer);
        }
    }

    function _grant(Grant calldata grant_, address granter) private returns (uint40 batch) {
        (uint32 issuer, IAwardTypes.AwardType memory awardType) = CAMPAIGNS.requireGranter(grant_.typeId, granter);
        _requireConsistent(grant_, awardType.needsEvidence);
        uint40 issuedAt = uint40(block.timestamp); // seconds fit for 34,000 years
        uint40 expires = _expiry(grant_.expires, issuedAt, awardType.validity);
        uint32 count = uint32(grant_.accounts.length); // at most MAX_ACCOUNTS
        batch = _newBatch(
            Batch({
                typeId: grant_.typeId,
                issuer: issuer,
                issuedAt: issuedAt,
                expires: expires,
                count: count,
                revoked: false,
                evidenceLog: grant_.evidenceLog,
                campaign: CampaignId.wrap(0)
            })
        );
        emit BatchGranted(batch, grant_.typeId, issuer, count, grant_.evidenceLog, grant_.evidence);
        _mintAll(grant_, batch, issuedAt, expires);
    }

    /// @dev Arrays are taken out of the grant once: finding them anew for each award costs 200 gas.
    function _mintAll(Grant calldata grant_, uint40 batch, uint40 issuedAt, uint40 expires) private {
        address[] calldata accounts = grant_.accounts;
        uint64[] calldata evidence = grant_.evidence;
        uint256 first = _tokenId(batch, 0);
        uint256 count = accounts.length;
        bool hasEvidence = evidence.length != 0;
        for (uint256 i = 0; i < count; ++i) {
            (address holder, uint256 holding) = _holderFor(accounts[i]);
            PackedAward award = hasEvidence ? PackedAwards.resting(holder, evidence[i]) : PackedAwards.without(holder);
            _mint(first | i, holder, award, holding, issuedAt, expires);
        }
    }

    function _useNonce(address signer, uint256 nonce) private {
        if (isNonceUsed(signer, nonce)) revert AwardsNonceUsed(signer, nonce);
        _nonces[signer][nonce >> 8] |= 1 << (nonce & 0xff);
        emit NonceUsed(signer, nonce);
    }

    /// @dev Reverts as well where there is no such log. A record may still be on its way into it.
    function _requireConsistent(Grant calldata grant_, bool needsEvidence) private view {
        uint256 count = grant_.accounts.length;
        if (count == 0 || count > MAX_ACCOUNTS) revert AwardsInvalidGrant("accounts");
        bool hasEvidence = LogId.unwrap(grant_.evidenceLog) != 0;
        if (needsEvidence && !hasEvidence) revert AwardsInvalidGrant("evidenceLog");
        if (grant_.evidence.length != (hasEvidence ? count : 0)) revert AwardsInvalidGrant("evidence");
        if (hasEvidence) REGISTRY.headOf(grant_.evidenceLog);
    }

    function _expiry(uint40 asked, uint40 issuedAt, uint32 validity) private pure returns (uint40) {
        uint40 latest = validity == 0 ? 0 : issuedAt + validity;
        if (asked == 0) return latest;
        if (asked <= issuedAt || (latest != 0 && asked > latest)) revert AwardsInvalidGrant("expires");
        return asked;
    }

    function _hashOf(Grant calldata grant_, uint256 nonce, uint40 deadline) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    GRANT_TYPEHASH,
                    grant_.typeId,
                    grant_.expires,
                    grant_.evidenceLog,
                    keccak256(abi.encodePacked(grant_.accounts)),
                    keccak256(abi.encodePacked(grant_.evidence)),
                    nonce,
                    deadline
                )
            );
    }
}
