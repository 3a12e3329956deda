// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwards} from "./IAwards.sol";

/// @title What a wallet shows of an award: metadata and picture, made on chain
/// @notice Says what is public already: type, authority, category, date, validity and number. Nothing about the person.
/// @dev A contract of its own, so that `Awards` stays small. It has no state; anyone may ask it about any awards.
interface IAwardPicture {
    /// @notice Metadata as ERC-721 describes it: `data:application/json;base64,` with `image` a `data:image/svg+xml`.
    /// @dev Reverts, as `awards` does, for a token that does not exist.
    function tokenURI(IAwards awards, uint256 tokenId) external view returns (string memory);

    /// @notice The picture alone, as SVG text.
    function svg(IAwards awards, uint256 tokenId) external view returns (string memory);
}
