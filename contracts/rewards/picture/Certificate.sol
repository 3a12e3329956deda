// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {CalendarDate} from "../libraries/CalendarDate.sol";
import {DisplayText} from "../libraries/DisplayText.sol";
import {Category, Standing} from "../RewardTypes.sol";
import {AwardFace} from "./AwardFace.sol";
import {Guilloche} from "./Guilloche.sol";

/// @title The picture of an award, SVG 1.1, 800 by 800
/// @dev Fonts are the reader's. A text is given the size at which it fits, and where that is close, its length too, so
/// that it stays inside whatever font there is.
library Certificate {
    using DisplayText for string;
    using Strings for uint256;

    uint256 private constant _WIDEST = 640;

    function draw(AwardFace memory face) internal pure returns (string memory) {
        return
            string.concat(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 800 800' role='img' ",
                "font-family='Georgia,Noto Serif CJK SC,Songti SC,SimSun,serif' text-anchor='middle'><title>",
                face.title.xml(),
                "</title>",
                _ground(face.kind),
                "<g transform='translate(400 282)'>",
                _emblem(face),
                "</g>",
                _words(face),
                _seal(face),
                "</svg>"
            );
    }

    /// @dev Paper, darkened to the edge, and a woven frame.
    function _ground(Category kind) private pure returns (string memory) {
        (string memory light, string memory dark) = _colours(kind);
        return
            string.concat(
                "<defs><radialGradient id='p' cy='.36' r='.8'><stop stop-color='",
                light,
                "'/><stop offset='1' stop-color='",
                dark,
                "'/></radialGradient><linearGradient id='o' x2='1' y2='1'><stop stop-color='#fbe9b7'/>",
                "<stop offset='.5' stop-color='#d3a84c'/><stop offset='1' stop-color='#f3d58a'/></linearGradient>",
                "<pattern id='w' width='20' height='20' patternUnits='userSpaceOnUse'><path fill='none' ",
                "stroke='#e6c674' stroke-width='.8' d='M0 10Q5 0 10 10T20 10M0 10Q5 20 10 10T20 10M10 0",
                "Q0 5 10 10T10 20M10 0Q20 5 10 10T10 20'/></pattern></defs>",
                "<path fill='url(#p)' d='M0 0H800V800H0Z'/><g fill='none' stroke='url(#o)'>",
                "<path stroke='url(#w)' stroke-width='20' d='M40 40H760V760H40Z'/>",
                "<path stroke-width='1.6' d='M26 26H774V774H26ZM54 54H746V746H54Z'/></g>"
            );
    }

    function _emblem(AwardFace memory face) private pure returns (string memory) {
        return
            string.concat(
                "<g fill='none' stroke='#f0d798' stroke-width='.7' opacity='.5' transform='scale(.78)'>",
                Guilloche.rosette(face.tokenSeed),
                "</g><g fill='url(#o)' stroke='#6b4a12' stroke-width='.6'>",
                Guilloche.star(face.typeSeed),
                "</g><circle r='84' fill='#1c1a17' stroke='url(#o)' stroke-width='5'/><circle r='75' fill='none' ",
                "stroke='#d3a84c' stroke-width='1' stroke-dasharray='1 4'/><path fill='none' stroke='url(#o)' ",
                "stroke-width='5' stroke-linejoin='round' stroke-linecap='round' d='",
                Guilloche.sign(face.kind),
                "'/>"
            );
    }

    function _words(AwardFace memory face) private pure returns (string memory) {
        string memory until =
            face.expires == 0 ? "without limit" : string.concat("valid until ", CalendarDate.iso(face.expires));
        string memory dates = string.concat("Awarded ", CalendarDate.iso(face.issuedAt), "  \xc2\xb7  ", until);
        return
            string.concat(
                "<g fill='#f6ead0'>",
                _title(face.title),
                "<path stroke='#d3a84c' d='M300 622H386M414 622H500M400 616L406 622 400 628 394 622Z'/>",
                _line(face.authority, 660, 26),
                "<g fill='#dcc796'>",
                _line(dates, 698, 19),
                "<text x='400' y='728' font-size='15' letter-spacing='3'>",
                _upper(face.category),
                " \xc2\xb7 No. ",
                face.number,
                "</text></g></g>"
            );
    }

    /// @dev In two lines where it has words enough, so that it can stay large.
    function _title(string memory title) private pure returns (string memory) {
        if (title.widthOf() > 1900) {
            (string memory first, string memory second) = title.halves();
            if (bytes(second).length != 0) return string.concat(_line(first, 552, 36), _line(second, 596, 36));
        }
        return _line(title, 584, 46);
    }

    /// @param most font size that it has where it fits
    function _line(string memory text, uint256 y, uint256 most) private pure returns (string memory) {
        uint256 width = text.widthOf(); // hundredths
        uint256 size = most;
        string memory fitted = "";
        if (width * most > _WIDEST * 100) {
            size = (_WIDEST * 100) / width;
            fitted = string.concat(" textLength='", _WIDEST.toString(), "' lengthAdjust='spacingAndGlyphs'");
        }
        return
            string.concat(
                "<text x='400' y='",
                y.toString(),
                "' font-size='",
                size.toString(),
                "'",
                fitted,
                ">",
                text.xml(),
                "</text>"
            );
    }

    /// @dev What does not count any more says so across the picture.
    function _seal(AwardFace memory face) private pure returns (string memory) {
        string memory verdict = "";
        if (face.standing != Standing.Valid) {
            verdict = string.concat(
                "<path fill='#14110d' opacity='.45' d='M0 0H800V800H0Z'/><g transform='rotate(-18 400 282)'><path ",
                "fill='#8c1d18' stroke='#f6ead0' stroke-width='3' d='M60 232H740V332H60Z'/><text x='400' y='304' ",
                "fill='#fff' font-size='62' letter-spacing='8'>",
                _upper(face.verdict),
                "</text></g>"
            );
        }
        if (!face.disputed) return verdict;
        return
            string.concat(
                verdict,
                "<path fill='#8a560a' d='M250 66H550V98H250Z'/><text x='400' y='88' fill='#fff' font-size='18' ",
                "letter-spacing='3'>UNDER DISPUTE</text>"
            );
    }

    function _colours(Category kind) private pure returns (string memory light, string memory dark) {
        if (kind == Category.Training) return ("#1f6f66", "#072b2a");
        if (kind == Category.Career) return ("#2c4a86", "#0a1631");
        if (kind == Category.Mission) return ("#8a2f33", "#2d0a0e");
        return ("#5b4b86", "#1d1433");
    }

    /// @dev Of our own words, which are ASCII.
    function _upper(string memory word) private pure returns (string memory) {
        bytes memory letters = bytes(word);
        bytes memory upper = new bytes(letters.length);
        for (uint256 i = 0; i < letters.length; ++i) {
            upper[i] = letters[i] > 0x60 && letters[i] < 0x7b ? letters[i] & 0xdf : letters[i];
        }
        return string(upper);
    }
}
