// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAwards} from "../interfaces/IAwards.sol";
import {IAwardTypes} from "../interfaces/IAwardTypes.sol";
import {DisplayText} from "../libraries/DisplayText.sol";
import {Category, Standing} from "../RewardTypes.sol";

/// @notice What is shown of an award: all of it is public, and none of it is about the person.
struct AwardFace {
    string title; // cleaned, not escaped, as all texts here
    string authority;
    string category;
    string criteriaUri;
    string number;
    string verdict; // its standing in a word
    bytes32 criteriaHash;
    bytes32 typeSeed; // what the emblem is made of
    bytes32 tokenSeed; // what the guilloche is made of
    Category kind;
    Standing standing;
    bool disputed;
    uint40 issuedAt; // seconds
    uint40 expires; // seconds, 0 for never
}

/// @title Reading what is shown of an award
library AwardFaces {
    using DisplayText for string;

    uint256 private constant _POSITION_BITS = 32;

    /// @notice Reverts, as `awards` does, where there is no such award.
    function read(IAwards awards, IAwardTypes types, uint256 tokenId) internal view returns (AwardFace memory face) {
        awards.ownerOf(tokenId);
        IAwards.Batch memory batch = awards.batchOf(uint40(tokenId >> _POSITION_BITS)); // of a token that exists
        (bytes32 hash, string memory uri, string memory title, string memory authority) = types.textsOf(batch.typeId);
        (face.standing, face.disputed) = awards.standingOf(tokenId);
        face.kind = types.awardTypeOf(batch.typeId).category;
        face.title = title.clean();
        face.authority = authority.clean();
        face.criteriaUri = uri.clean();
        face.criteriaHash = hash;
        face.category = _nameOf(face.kind);
        face.verdict = _nameOf(face.standing);
        face.number = _numberOf(tokenId);
        face.typeSeed = keccak256(abi.encode(types, batch.typeId));
        face.tokenSeed = keccak256(abi.encode(awards, tokenId));
        face.issuedAt = batch.issuedAt;
        face.expires = batch.expires;
    }

    /// @dev Batch and place in it, counted from 1 as people do.
    function _numberOf(uint256 tokenId) private pure returns (string memory) {
        uint256 position = uint32(tokenId); // the lowest 32 bits
        return string.concat(Strings.toString(tokenId >> _POSITION_BITS), "-", Strings.toString(position + 1));
    }

    function _nameOf(Category kind) private pure returns (string memory) {
        if (kind == Category.Training) return "Training";
        if (kind == Category.Career) return "Career";
        return kind == Category.Mission ? "Mission" : "Service";
    }

    function _nameOf(Standing standing) private pure returns (string memory) {
        if (standing == Standing.Valid) return "Valid";
        if (standing == Standing.Revoked) return "Revoked";
        return standing == Standing.Expired ? "Expired" : "Not supported";
    }
}
