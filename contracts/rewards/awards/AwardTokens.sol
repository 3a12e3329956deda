// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {Haltable} from "../../authority/Haltable.sol";
import {LogId} from "../../log/LogTypes.sol";
import {CampaignId} from "../RewardTypes.sol";
import {IAwardPicture} from "../interfaces/IAwardPicture.sol";
import {IAwards} from "../interfaces/IAwards.sol";
import {IERC5192} from "../interfaces/IERC5192.sol";
import {IERC7858} from "../interfaces/IERC7858.sol";
import {PackedAward} from "../libraries/PackedAward.sol";

/// @title The tokens: what is stored of them, and what ERC-721, 5192 and 7858 ask
/// @dev Nothing else writes an owner, or how much an account holds.
abstract contract AwardTokens is Haltable, IAwards {
    /// @dev How many awards an account holds, and one more; 0 where it was never admitted, or its last award has moved
    /// on. A struct, so that its place is computed once where it is read and written.
    struct Holding {
        uint256 plusOne;
    }

    uint256 private constant _POSITION_BITS = 32;

    IAwardPicture private immutable _PICTURE;

    uint40 private _batchCount;
    mapping(uint40 batch => Batch) internal _batches;
    mapping(uint256 tokenId => PackedAward) internal _awards;
    mapping(address account => Holding) internal _holdings;

    constructor(IAwardPicture picture) {
        _PICTURE = picture;
    }

    // ERC-721

    /// @inheritdoc IERC721
    function balanceOf(address owner) external view returns (uint256) {
        if (owner == address(0)) revert ERC721InvalidOwner(address(0));
        uint256 plusOne = _holdings[owner].plusOne;
        return plusOne == 0 ? 0 : plusOne - 1;
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 tokenId) external view returns (address) {
        return _ownerOf(tokenId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256, bytes calldata) external pure {
        revert AwardsNotTransferable();
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256) external pure {
        revert AwardsNotTransferable();
    }

    /// @inheritdoc IERC721
    function transferFrom(address, address, uint256) external pure {
        revert AwardsNotTransferable();
    }

    /// @inheritdoc IERC721
    function approve(address, uint256) external pure {
        revert AwardsNotTransferable();
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address, bool) external pure {
        revert AwardsNotTransferable();
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 tokenId) external view returns (address) {
        _ownerOf(tokenId);
        return address(0);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    // Metadata

    /// @inheritdoc IERC721Metadata
    function name() external pure returns (string memory) {
        return "Stele Awards";
    }

    /// @inheritdoc IERC721Metadata
    function symbol() external pure returns (string memory) {
        return "STELE";
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 tokenId) external view returns (string memory) {
        _ownerOf(tokenId);
        return _PICTURE.tokenURI(this, tokenId);
    }

    // ERC-5192

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _ownerOf(tokenId);
        return true;
    }

    // ERC-7858

    /// @inheritdoc IERC7858
    function expiryType() external pure returns (EXPIRY_TYPE) {
        return EXPIRY_TYPE.TIME_BASED;
    }

    /// @inheritdoc IERC7858
    function isTokenExpired(uint256 tokenId) external view returns (bool) {
        _ownerOf(tokenId);
        return _isPast(_batches[_batchIn(tokenId)].expires);
    }

    /// @inheritdoc IERC7858
    function startTime(uint256 tokenId) external view returns (uint256) {
        _ownerOf(tokenId);
        return _batches[_batchIn(tokenId)].issuedAt;
    }

    /// @inheritdoc IERC7858
    function endTime(uint256 tokenId) external view returns (uint256) {
        _ownerOf(tokenId);
        return _batches[_batchIn(tokenId)].expires;
    }

    // ERC-165

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId ||
            interfaceId == type(IERC721).interfaceId ||
            interfaceId == type(IERC721Metadata).interfaceId ||
            interfaceId == type(IERC5192).interfaceId ||
            interfaceId == type(IERC7858).interfaceId;
    }

    // As stored

    /// @inheritdoc IAwards
    function awardOf(uint256 tokenId) external view returns (Award memory) {
        return _awards[tokenId].unpacked();
    }

    /// @inheritdoc IAwards
    function batchOf(uint40 batch) external view returns (Batch memory) {
        return _batches[batch];
    }

    /// @inheritdoc IAwards
    function batchCount() external view returns (uint40) {
        return _batchCount;
    }

    // For the other parts

    /// @dev None is revoked from the start. The slots are empty; writing zero into one all the same costs 2,200 gas.
    function _newBatch(Batch memory terms) internal returns (uint40 batch) {
        batch = ++_batchCount;
        Batch storage stored = _batches[batch];
        stored.typeId = terms.typeId;
        stored.issuer = terms.issuer;
        stored.issuedAt = terms.issuedAt;
        stored.expires = terms.expires;
        stored.count = terms.count;
        if (LogId.unwrap(terms.evidenceLog) != 0) stored.evidenceLog = terms.evidenceLog;
        if (CampaignId.unwrap(terms.campaign) != 0) stored.campaign = terms.campaign;
    }

    /// @dev What ERC-721, 5192 and 7858 ask for; nobody is called.
    function _announce(uint256 tokenId, address owner, uint256 start, uint256 end) internal {
        emit Transfer(address(0), owner, tokenId);
        emit Locked(tokenId);
        emit TokenExpiryUpdated(tokenId, start, end);
    }

    /// @dev `to` is admitted. An account that its last award has left counts as not admitted, so that a later grant to
    /// it looks for its successor.
    function _move(uint256 tokenId, address from, address to) internal {
        uint256 left = _holdings[from].plusOne - 1;
        _holdings[from].plusOne = left == 1 ? 0 : left;
        ++_holdings[to].plusOne;
        _awards[tokenId] = _awards[tokenId].withOwner(to);
        emit Transfer(from, to, tokenId);
    }

    function _ownerOf(uint256 tokenId) internal view returns (address owner) {
        owner = _awards[tokenId].owner();
        if (owner == address(0)) revert ERC721NonexistentToken(tokenId);
    }

    function _isPast(uint40 expires) internal view returns (bool) {
        return expires != 0 && block.timestamp >= expires;
    }

    function _isOfCampaign(Batch storage batch) internal view returns (bool) {
        return CampaignId.unwrap(batch.campaign) != 0;
    }

    function _tokenId(uint40 batch, uint256 position) internal pure returns (uint256) {
        return (uint256(batch) << _POSITION_BITS) | position;
    }

    /// @dev For an id that no token can have: 0, a batch that there is never.
    function _batchIn(uint256 tokenId) internal pure returns (uint40) {
        uint256 batch = tokenId >> _POSITION_BITS;
        return batch > type(uint40).max ? 0 : uint40(batch); // fits as just checked
    }

    function _positionIn(uint256 tokenId) internal pure returns (uint32) {
        return uint32(tokenId); // the position is the lowest 32 bits
    }
}
