// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAwardPicture} from "./interfaces/IAwardPicture.sol";
import {IAwards} from "./interfaces/IAwards.sol";
import {IAwardTypes} from "./interfaces/IAwardTypes.sol";
import {CalendarDate} from "./libraries/CalendarDate.sol";
import {DisplayText} from "./libraries/DisplayText.sol";
import {AwardFace, AwardFaces} from "./picture/AwardFace.sol";
import {Certificate} from "./picture/Certificate.sol";
import {Standing} from "./RewardTypes.sol";

// JSON is full of double quotes.
// solhint-disable quotes

/// @title What a wallet shows of an award: metadata and picture, made on chain
contract AwardPicture is IAwardPicture {
    using Strings for uint256;
    using DisplayText for string;

    IAwardTypes private immutable _TYPES;

    constructor(IAwardTypes types) {
        _TYPES = types;
    }

    /// @inheritdoc IAwardPicture
    function tokenURI(IAwards awards, uint256 tokenId) external view returns (string memory) {
        AwardFace memory face = AwardFaces.read(awards, _TYPES, tokenId);
        string memory image = Base64.encode(bytes(Certificate.draw(face)));
        string memory json = string.concat(
            '{"name":"',
            Strings.escapeJSON(face.title),
            '","description":"',
            Strings.escapeJSON(_description(face)),
            '","image":"data:image/svg+xml;base64,',
            image,
            '","external_url":"',
            Strings.escapeJSON(face.criteriaUri),
            '","criteria":{"uri":"',
            Strings.escapeJSON(face.criteriaUri),
            '","sha256":"',
            uint256(face.criteriaHash).toHexString(32),
            '"},"attributes":[',
            _attributes(face),
            "]}"
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(json)));
    }

    /// @inheritdoc IAwardPicture
    function svg(IAwards awards, uint256 tokenId) external view returns (string memory) {
        return Certificate.draw(AwardFaces.read(awards, _TYPES, tokenId));
    }

    function _description(AwardFace memory face) private pure returns (string memory) {
        return
            string.concat(
                "Awarded on ",
                CalendarDate.iso(face.issuedAt),
                " in the name of ",
                face.authority,
                ". It belongs to a person and cannot be transferred. ",
                face.standing == Standing.Valid ? "It is valid" : string.concat("It is not valid: ", face.verdict),
                face.disputed ? "; the record it rests on is under dispute." : "."
            );
    }

    function _attributes(AwardFace memory face) private pure returns (string memory) {
        string memory dates = _date("Awarded", face.issuedAt);
        if (face.expires != 0) dates = string.concat(dates, ",", _date("Valid until", face.expires));
        return
            string.concat(
                _text("Category", face.category),
                ",",
                _text("Authority", face.authority),
                ",",
                _text("Number", face.number),
                ",",
                _text("Standing", face.verdict),
                ",",
                _text("Disputed", face.disputed ? "yes" : "no"),
                ",",
                dates
            );
    }

    function _text(string memory trait, string memory value) private pure returns (string memory) {
        return string.concat('{"trait_type":"', trait, '","value":"', Strings.escapeJSON(value), '"}');
    }

    function _date(string memory trait, uint40 timestamp) private pure returns (string memory) {
        string memory value = uint256(timestamp).toString();
        return string.concat('{"display_type":"date","trait_type":"', trait, '","value":', value, "}");
    }
}
