// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// @notice What most people would write: OpenZeppelin's ERC-1155 in the hands of one owner, without decay and without a
/// record of the grant. For comparison of costs only.
contract PeerPoints is ERC1155, Ownable {
    constructor() ERC1155("") Ownable(msg.sender) {}

    function mint(address[] calldata accounts, uint256 id, uint256 points) external onlyOwner {
        for (uint256 i = 0; i < accounts.length; ++i) _mint(accounts[i], id, points, "");
    }
}
