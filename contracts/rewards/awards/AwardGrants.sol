// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {LogId} from "../../log/LogTypes.sol";
import {CampaignId} from "../RewardTypes.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {IAwardTypes} from "../interfaces/IAwardTypes.sol";
import {PackedAwards} from "../libraries/PackedAward.sol";
import {AwardHolders} from "./AwardHolders.sol";
import {AwardStandings} from "./AwardStandings.sol";

/// @title Granting, by transaction and by signature
abstract contract AwardGrants is AwardHolders, AwardStandings, EIP712 {
    uint256 private constant _MAX_ACCOUNTS = 1000;
    bytes32 private constant _GRANT_TYPEHASH = keccak256(
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
        Batch memory terms = Batch({
            typeId: grant_.typeId,
            issuer: issuer,
            issuedAt: issuedAt,
            expires: _expiry(grant_.expires, issuedAt, awardType.validity),
            count: uint32(grant_.accounts.length), // at most _MAX_ACCOUNTS
            revoked: false,
            evidenceLog: grant_.evidenceLog,
            campaign: CampaignId.wrap(0)
        });
        batch = _newBatch(terms);
        _mintAll(grant_, batch, terms.expires);
        _logGranted(batch, terms, grant_.evidence);
    }

    /// @dev What batches cost is decided here (docs/decisions/0105). There is one index for each account, as
    /// `_requireConsistent` has checked, or none, and then what is read instead is masked away.
    function _mintAll(Grant calldata grant_, uint40 batch, uint256 end) private {
        address[] calldata accounts = grant_.accounts;
        uint64[] calldata evidence = grant_.evidence;
        uint256 first = _tokenId(batch, 0);
        uint256 mask = evidence.length == 0 ? 0 : type(uint256).max;
        uint256 seen = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            address holder = accounts[i];
            Holding storage holding = _holdings[holder];
            uint256 plusOne = holding.plusOne;
            if (plusOne == 0) {
                holder = _resolve(holder);
                holding = _holdings[holder];
                plusOne = holding.plusOne;
            }
            unchecked {
                holding.plusOne = plusOne + 1; // one at a time, it cannot come to 2^256
            }
            uint256 index;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                index := calldataload(add(evidence.offset, shl(5, i)))
            }
            seen |= index;
            uint256 tokenId = first | i;
            _awards[tokenId] = PackedAwards.pack(holder, index, mask);
            emit Transfer(address(0), holder, tokenId);
            emit Locked(tokenId);
            emit TokenExpiryUpdated(tokenId, block.timestamp, end);
        }
        if (seen & mask > type(uint64).max) revert AwardsInvalidGrant("evidence");
    }

    /// @dev Emits `BatchGranted`. The compiler copies the array word by word, for 170 gas each. `_mintAll` has checked
    /// its words.
    function _logGranted(uint256 batch, Batch memory terms, uint64[] calldata evidence) private {
        bytes32 topic = BatchGranted.selector;
        uint256 typeId = terms.typeId;
        uint256 issuer = terms.issuer;
        uint256 count = terms.count;
        LogId evidenceLog = terms.evidenceLog;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := mul(evidence.length, 0x20)
            mstore(data, count)
            mstore(add(data, 0x20), evidenceLog)
            mstore(add(data, 0x40), 0x60) // where the array begins
            mstore(add(data, 0x60), evidence.length)
            calldatacopy(add(data, 0x80), evidence.offset, size)
            log4(data, add(0x80, size), topic, batch, typeId, issuer)
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
        if (count == 0 || count > _MAX_ACCOUNTS) revert AwardsInvalidGrant("accounts");
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
                    _GRANT_TYPEHASH,
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
