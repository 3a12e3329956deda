// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ERC-7858, expirable tokens; ERC-165 id 0x3ebdfa31
interface IERC7858 {
    // solhint-disable-next-line contract-name-capwords
    enum EXPIRY_TYPE {
        BLOCKS_BASED,
        TIME_BASED
    }

    /// @notice On minting, and whenever the times change. An end of 0 is no limit.
    event TokenExpiryUpdated(uint256 indexed tokenId, uint256 indexed startTime, uint256 indexed endTime);

    function expiryType() external view returns (EXPIRY_TYPE);

    /// @notice All three revert with `ERC721NonexistentToken` for a token that does not exist.
    function isTokenExpired(uint256 tokenId) external view returns (bool);
    function startTime(uint256 tokenId) external view returns (uint256);
    function endTime(uint256 tokenId) external view returns (uint256);
}
