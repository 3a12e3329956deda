// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembers} from "../../contracts/authority/interfaces/IMembers.sol";
import {IOpenClock} from "../../contracts/authority/interfaces/IOpenClock.sol";

/// @notice Asks the authority's contracts as other contracts do.
contract AuthorityProbe {
    /// @notice The clock's answers to many questions, and the second in which it was asked.
    function elapsed(
        IOpenClock clock,
        uint40[] calldata since
    ) external view returns (uint256 time, uint40[] memory open) {
        time = block.timestamp;
        open = new uint40[](since.length);
        for (uint256 i = 0; i < since.length; ++i) open[i] = clock.elapsed(since[i]);
    }

    /// @notice Every member, every administrator, every account's record.
    function records(
        IMembers members,
        address[] calldata accounts
    )
        external
        view
        returns (IMembers.Member[] memory infos, address[] memory administrators, IMembers.Account[] memory own)
    {
        uint32 count = members.memberCount();
        infos = new IMembers.Member[](count);
        administrators = new address[](count);
        own = new IMembers.Account[](accounts.length);
        for (uint32 i = 0; i < count; ++i) {
            infos[i] = members.memberInfo(i + 1);
            administrators[i] = members.administratorOf(i + 1);
        }
        for (uint256 i = 0; i < own.length; ++i) own[i] = members.accountInfo(accounts[i]);
    }

    /// @notice Every account's answer to every question, account by account: the member it may act for, and the member
    /// whose duties it may deliver; 0 where there is none.
    function standing(
        IMembers members,
        address[] calldata accounts,
        uint128[] calldata asked
    ) external view returns (uint32[] memory able, uint32[] memory bound) {
        able = new uint32[](accounts.length * asked.length);
        bound = new uint32[](able.length);
        for (uint256 i = 0; i < able.length; ++i) {
            (address account, uint128 capability) = (accounts[i / asked.length], asked[i % asked.length]);
            able[i] = members.hasCapability(account, capability);
            try members.requireDuty(account, capability) returns (uint32 member) {
                bound[i] = member;
            } catch {}
        }
    }

    /// @notice Gas of the external call alone: cold the first time, warm the second.
    function measureCapability(
        IMembers members,
        address account,
        uint128 capability
    ) external view returns (uint256 cold, uint256 warm) {
        cold = _measure(address(members), abi.encodeCall(IMembers.requireCapability, (account, capability)));
        warm = _measure(address(members), abi.encodeCall(IMembers.requireCapability, (account, capability)));
    }

    /// @notice Gas of asking the clock, cold.
    function measureElapsed(IOpenClock clock, uint40 since) external view returns (uint256 cold) {
        return _measure(address(clock), abi.encodeCall(IOpenClock.elapsed, (since)));
    }

    function _measure(address target, bytes memory data) private view returns (uint256 used) {
        bool success;
        uint256 start = gasleft();
        assembly ("memory-safe") {
            success := staticcall(gas(), target, add(data, 32), mload(data), 0, 32)
        }
        used = start - gasleft();
        require(success, "the call failed");
    }
}
