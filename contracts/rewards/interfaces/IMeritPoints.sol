// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";

import {Category} from "../RewardTypes.sol";

/// @title Points of merit: recognition that nobody can transfer
/// @notice ERC-1155 in reads and events; every transfer and approval reverts, and no recipient is called. One id a
/// member and category: id = member << 8 | category, so points are given under the pseudonym that the giving member
/// itself enrolled. `balanceOf` tells all points ever given, less adjustments; `decayedOf` weighs them by age.
/// @dev Forward decay (Cormode et al. 2009): a point given at t weighs 2^((t - t0) / h) when it is stored, and what is
/// stored is divided by 2^((now - t0) / h) when it is read. Weights are kept relative to eras of 64 half-lives each,
/// so nothing overflows, however long. Twin: sdk/rewards/decay.ts.
/// The deviation from ERC-1155: a mint calls no receiver, since nothing can be refused or passed on
/// (docs/decisions/0110).
interface IMeritPoints is IERC1155MetadataURI {
    /// @notice A member's category; opened once and never changed.
    struct Scale {
        // slot 0
        uint40 since; // seconds, t0; 0 where it was not opened
        uint32 halfLife; // seconds, at least one day
    }

    /// @notice What one account has of one id; one slot.
    struct Points {
        // slot 0
        uint64 lifetime; // points
        uint24 era; // of the weight
        uint168 weight; // points in units of 2^-40, at the beginning of the era
    }

    /// @notice A grant of a type's points to some accounts.
    struct Grant {
        // slot 0
        uint32 typeId;
        uint32 issuer; // member
        uint40 time; // seconds
        uint32 points; // to each account
        Category category;
        // slot 1
        bytes32 accounts; // keccak256(abi.encodePacked(accounts))
    }

    event ScaleOpened(uint256 indexed id, uint32 indexed member, Category category, uint32 halfLife);
    event PointsGranted(uint256 indexed grantId, uint32 indexed typeId, uint32 indexed issuer, uint32 points);

    /// @notice `account` is the one named in the grant; the burn that follows tells whose points went.
    event PointsAdjusted(
        uint256 indexed grantId,
        address indexed account,
        uint256 position,
        uint32 points,
        bytes32 reason
    );

    error MeritPointsNotTransferable();
    error MeritPointsInvalid(string field);
    error MeritPointsNotOpened(uint256 id);
    error MeritPointsOpened(uint256 id);
    error MeritPointsNotOfMember(address account, uint32 member);
    error MeritPointsUnknownGrant(uint256 grantId);
    error MeritPointsNotIssuer(uint256 grantId, uint32 member);
    error MeritPointsNotGranted(uint256 grantId);
    error MeritPointsTooMuch(uint256 grantId, uint256 position, uint32 left);
    error MeritPointsTooFar(address account);

    /// @notice Opens a category of the caller's member. Caller: a member with `AWARDER`.
    function openScale(Category category, uint32 halfLife) external returns (uint256 id);

    /// @notice Gives each account the points of an award type. Caller: a member that may grant the type; the accounts
    /// are those of subjects that this member enrolled. An account that was replaced counts as its successor; where it
    /// has points of this id that nobody migrated, these join them, and move with them. An account named twice gets
    /// the points twice.
    /// @param accounts 1 to 1,000
    /// @return grantId counted from 1
    function grant(uint32 typeId, address[] calldata accounts) external returns (uint256 grantId);

    /// @notice Takes back points of one grant from some of its accounts, at the weight they were given with, from
    /// whichever account has them now: what was not migrated is. All adjustments of a position of a grant together take
    /// at most what the grant gave there. Caller: the issuer. An account that was replaced more than 64 times is out of
    /// reach.
    /// @param accounts all accounts of the grant, as they were given
    /// @param positions of those to adjust, counted from 0
    /// @param points to take from each
    /// @param reason code of the published reason, not text about a person
    function adjust(
        uint256 grantId,
        address[] calldata accounts,
        uint256[] calldata positions,
        uint32 points,
        bytes32 reason
    ) external;

    /// @notice Moves what accounts have of an id to the accounts that replaced them, after a claim or a recovery;
    /// others are passed over, so it can be repeated. It follows 64 replacements a call. Caller: anyone. Never halted.
    function migrate(uint256 id, address[] calldata accounts) external;

    /// @notice Points weighed by age, in units of 2^-40, rounded down.
    function decayedOf(address account, uint256 id) external view returns (uint256);

    function pointsOf(address account, uint256 id) external view returns (Points memory);
    function scaleOf(uint256 id) external view returns (Scale memory);
    function grantOf(uint256 grantId) external view returns (Grant memory);
    function grantCount() external view returns (uint256);

    /// @notice What was taken back from a position of a grant.
    function adjustedOf(uint256 grantId, uint256 position) external view returns (uint32);
    function idFor(uint32 member, Category category) external pure returns (uint256);
}
