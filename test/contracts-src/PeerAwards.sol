// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @notice What most people would write: OpenZeppelin's ERC-721 with ERC-5192's event, in the hands of one owner. It
/// keeps no type, no evidence and no expiry, and knows no person behind an account. For comparison of costs only.
contract PeerAwards is ERC721, Ownable {
    uint256 private _count;

    event Locked(uint256 tokenId);

    constructor() ERC721("Peer", "PEER") Ownable(msg.sender) {}

    function mint(address[] calldata accounts) external onlyOwner {
        uint256 count = _count;
        for (uint256 i = 0; i < accounts.length; ++i) {
            _mint(accounts[i], ++count);
            emit Locked(count);
        }
        _count = count;
    }

    function burn(uint256 tokenId) external onlyOwner {
        _burn(tokenId);
    }

    function move(uint256[] calldata tokenIds, address from, address to) external onlyOwner {
        for (uint256 i = 0; i < tokenIds.length; ++i) _transfer(from, to, tokenIds[i]);
    }
}
