// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Published texts as XML, JSON and people can take them
/// @notice A text becomes UTF-8 without anything that breaks a parser or reorders what is read: bytes that are not
/// UTF-8, controls, line and paragraph separators, marks that turn the direction of writing round, and what XML forbids
/// each become U+FFFD. `AwardTypes` refuses some of that already; this does not rely on it.
library DisplayText {
    bytes3 private constant _REPLACEMENT = 0xefbfbd; // U+FFFD
    uint256 private constant _INVALID = type(uint256).max;

    /// @notice The text made safe to show; not escaped yet.
    function clean(string memory text) internal pure returns (string memory) {
        bytes memory given = bytes(text);
        bytes memory kept = new bytes(given.length * 3); // a byte becomes at most the three of U+FFFD
        uint256 length = 0;
        for (uint256 i = 0; i < given.length;) {
            (uint256 point, uint256 size) = _decode(given, i);
            if (_isShown(point)) {
                for (uint256 j = 0; j < size; ++j) kept[length + j] = given[i + j];
                length += size;
            } else {
                for (uint256 j = 0; j < 3; ++j) kept[length + j] = _REPLACEMENT[j];
                length += 3;
            }
            i += size;
        }
        return _cut(kept, 0, length);
    }

    /// @notice A cleaned text between tags or in an attribute of XML.
    function xml(string memory text) internal pure returns (string memory) {
        bytes memory given = bytes(text);
        bytes memory escaped = new bytes(given.length * 6);
        uint256 length = 0;
        for (uint256 i = 0; i < given.length; ++i) {
            bytes memory shown = _entity(given[i]);
            if (shown.length == 0) shown = bytes.concat(given[i]);
            for (uint256 j = 0; j < shown.length; ++j) escaped[length + j] = shown[j];
            length += shown.length;
        }
        return _cut(escaped, 0, length);
    }

    /// @notice How wide a cleaned text is, in hundredths of its font's size, about as the wider of the common serif
    /// fonts have it: what is set to a length by it is not stretched visibly.
    function widthOf(string memory text) internal pure returns (uint256 width) {
        bytes memory given = bytes(text);
        for (uint256 i = 0; i < given.length;) {
            (uint256 point, uint256 size) = _decode(given, i);
            width += _widthOf(point);
            i += size;
        }
    }

    /// @notice Two lines of about the same length, parted at a space; the second is empty where there is none.
    function halves(string memory text) internal pure returns (string memory first, string memory second) {
        bytes memory given = bytes(text);
        uint256 best = 0;
        for (uint256 i = 1; i + 1 < given.length; ++i) {
            if (given[i] == " " && _distance(2 * i, given.length) < _distance(2 * best, given.length)) best = i;
        }
        if (best == 0) return (text, "");
        return (_cut(given, 0, best), _cut(given, best + 1, given.length));
    }

    /// @dev Bits of the characters of ASCII that are narrow (punctuation, I, J, f, i, j, l, r, t) and broad (%, &, @,
    /// M, W, m). Other capitals and w are a little broader than letters.
    uint256 private constant _NARROW =
        (1 << 0x20) |
            (1 << 0x21) |
            (1 << 0x22) |
            ((0xff << 0x27) & ~uint256(1 << 0x2b)) |
            (1 << 0x2f) |
            (3 << 0x3a) |
            (3 << 0x49) |
            (7 << 0x5b) |
            (1 << 0x60) |
            (1 << 0x66) |
            (3 << 0x69) |
            (1 << 0x6c) |
            (1 << 0x72) |
            (1 << 0x74) |
            (7 << 0x7b);
    uint256 private constant _BROAD = (3 << 0x25) | (1 << 0x40) | (1 << 0x4d) | (1 << 0x57) | (1 << 0x6d);

    /// @dev What stands on its neighbour has no width; East Asian scripts and pictures have a square.
    function _widthOf(uint256 point) private pure returns (uint256) {
        if (point < 0x80) {
            if ((_NARROW >> point) & 1 != 0) return 36;
            if ((_BROAD >> point) & 1 != 0) return 96;
            return (point > 0x40 && point < 0x5b) || point == 0x77 ? 74 : 56;
        }
        if (point > 0x2ff && point < 0x370) return 0; // combining marks
        if (point == 0x200c || point == 0x200d || (point > 0xfdff && point < 0xfe10)) return 0; // joiners, variations
        if (point > 0x1f3fa && point < 0x1f400) return 0; // tones of skin
        if (point < 0x1100 || (point > 0x1dff && point < 0x2010)) return 60; // letters, those with two marks among them
        return 104;
    }

    function _entity(bytes1 char) private pure returns (bytes memory) {
        if (char == "&") return "&amp;";
        if (char == "<") return "&lt;";
        if (char == ">") return "&gt;";
        if (char == 0x22) return "&quot;";
        if (char == 0x27) return "&#39;";
        return "";
    }

    /// @dev What people may be shown: no controls (C0, DEL, C1), no separators of lines, no marks of direction, no
    /// byte-order mark, none of the code points that are no characters.
    function _isShown(uint256 point) private pure returns (bool) {
        if (point == _INVALID || point < 0x20 || (point > 0x7e && point < 0xa0)) return false;
        if (point == 0x061c || point == 0x200b || point == 0x200e || point == 0x200f) return false;
        if (point > 0x2027 && point < 0x202f) return false; // separators, embeddings, overrides
        if (point > 0x205f && point < 0x2070) return false; // invisible operators, isolates
        if (point == 0xfeff || (point > 0xfff8 && point < 0xfffd)) return false;
        if (point > 0xdffff && point < 0xe1000) return false; // tags
        return point & 0xfffe != 0xfffe && (point < 0xfdd0 || point > 0xfdef);
    }

    /// @dev The code point at a place, and how many bytes it takes; 1 for a byte that begins nothing (RFC 3629).
    function _decode(bytes memory given, uint256 start) private pure returns (uint256 point, uint256 size) {
        uint8 first = uint8(given[start]);
        if (first < 0x80) return (first, 1);
        if (first < 0xc2 || first > 0xf4) return (_INVALID, 1);
        size = first < 0xe0 ? 2 : (first < 0xf0 ? 3 : 4);
        if (start + size > given.length) return (_INVALID, 1);
        point = first & (0xff >> (size + 1));
        for (uint256 j = 1; j < size; ++j) {
            uint8 next = uint8(given[start + j]);
            if (next & 0xc0 != 0x80) return (_INVALID, 1);
            point = (point << 6) | (next & 0x3f);
        }
        uint256 least = size == 2 ? 0x80 : (size == 3 ? 0x800 : 0x10000);
        if (point < least || point > 0x10ffff || (point > 0xd7ff && point < 0xe000)) return (_INVALID, 1);
    }

    function _cut(bytes memory given, uint256 from, uint256 to) private pure returns (string memory) {
        bytes memory part = new bytes(to - from);
        for (uint256 i = 0; i < part.length; ++i) part[i] = given[from + i];
        return string(part);
    }

    function _distance(uint256 one, uint256 other) private pure returns (uint256) {
        return one > other ? one - other : other - one;
    }
}
