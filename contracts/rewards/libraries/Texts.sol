// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a published text may be
/// @notice A text that is not UTF-8, or holds control characters, breaks the readers of events and the pictures made of
/// it, so it is not published in the first place.
library Texts {
    /// @notice Whether the text is well-formed UTF-8 (RFC 3629) of 1 to `most` bytes without C0 controls and DEL.
    function isPrintable(string calldata text, uint256 most) internal pure returns (bool) {
        bytes calldata given = bytes(text);
        uint256 length = given.length;
        if (length == 0 || length > most) return false;
        for (uint256 i = 0; i < length;) {
            uint8 first = uint8(given[i]);
            if (first < 0x20 || first == 0x7f) return false;
            uint256 more = _continuations(first);
            if (more == _NONE || i + more >= length) return false;
            if (more != 0 && !_isSecond(first, uint8(given[i + 1]))) return false;
            for (uint256 j = 2; j <= more; ++j) {
                if (uint8(given[i + j]) & 0xc0 != 0x80) return false;
            }
            i += more + 1;
        }
        return true;
    }

    /// @notice Whether the text is 1 to `most` bytes of visible ASCII, as URIs are (RFC 3986).
    function isVisibleAscii(string calldata text, uint256 most) internal pure returns (bool valid) {
        bytes calldata given = bytes(text);
        valid = given.length != 0 && given.length <= most;
        for (uint256 i = 0; valid && i < given.length; ++i) valid = given[i] > 0x20 && given[i] < 0x7f;
    }

    uint256 private constant _NONE = type(uint256).max;

    /// @dev Bytes that follow a first byte; `_NONE` for a byte that begins no character.
    function _continuations(uint8 first) private pure returns (uint256) {
        if (first < 0x80) return 0;
        if (first < 0xc2) return _NONE; // a continuation, or an overlong form
        if (first < 0xe0) return 1;
        if (first < 0xf0) return 2;
        return first < 0xf5 ? 3 : _NONE;
    }

    /// @dev The second byte keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
    function _isSecond(uint8 first, uint8 second) private pure returns (bool) {
        uint8 low =
            first == 0xe0
                ? 0xa0
                : first == 0xf0
                    ? 0x90
                    : 0x80;
        uint8 high =
            first == 0xed
                ? 0x9f
                : first == 0xf4
                    ? 0x8f
                    : 0xbf;
        return second >= low && second <= high;
    }
}
