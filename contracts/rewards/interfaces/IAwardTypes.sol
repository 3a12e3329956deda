// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Category} from "../RewardTypes.sol";

/// @title Award types: what an award is for, by which criteria, and who may grant it
/// @notice Published by members that may award (`AWARDER`) and never edited: a type is superseded by a new one or
/// retired. What was granted under it stays as it is.
interface IAwardTypes {
    /// @notice Which members may grant, beside having `AWARDER`.
    enum Granters {
        Publisher,
        Listed, // the publisher and up to 16 members that it named
        Anyone
    }

    /// @notice What is published.
    struct Terms {
        Category category;
        Granters granters;
        bool needsEvidence; // an award of it names a record of a log
        uint32 points; // that `MeritPoints` gives with it, 0 for none
        uint32 validity; // seconds from the grant, 0 for ever
        uint32 supersedes; // a type of the same publisher that ends with this one, 0 for none
        bytes32 criteriaHash; // SHA-256 of the criteria document
        string criteriaUri; // 1 to 256 bytes, where it can be read
        string title; // 1 to 64 bytes
        string authority; // in whose name it is awarded, 1 to 64 bytes
        uint32[] members; // strictly rising; only where `granters` is `Listed`
    }

    /// @notice What storage holds of a type beside its texts; one slot.
    struct AwardType {
        // slot 0
        uint32 publisher; // member; 0 where there is no such type
        Category category;
        Granters granters;
        bool needsEvidence;
        uint32 points;
        uint32 validity; // seconds
        uint32 supersededBy; // type, 0 for none
        uint40 publishedAt; // seconds
        uint40 endedAt; // seconds, superseded or retired; 0 for not
    }

    event AwardTypePublished(uint32 indexed typeId, uint32 indexed publisher, uint32 indexed supersedes, Terms terms);
    event AwardTypeEnded(uint32 indexed typeId, uint32 supersededBy);

    error AwardTypesInvalidTerms(string field);
    error AwardTypesUnknown(uint32 typeId);
    error AwardTypesEnded(uint32 typeId);
    error AwardTypesNotPublisher(uint32 typeId, uint32 member);
    error AwardTypesNotGranter(uint32 typeId, uint32 member);

    /// @notice Publishes a type. Caller: a member with `AWARDER`; the publisher of the type that it supersedes.
    /// @return typeId counted from 1
    function publish(Terms calldata terms) external returns (uint32 typeId);

    /// @notice Ends a type without a successor. Caller: its publisher.
    function retire(uint32 typeId) external;

    /// @notice The type, where the account may grant awards of it now. Reverts otherwise.
    /// @return member the account's member, which is the issuer
    function requireGranter(
        uint32 typeId,
        address account
    ) external view returns (uint32 member, AwardType memory awardType);

    /// @notice The type; all zero for an unknown id.
    function awardTypeOf(uint32 typeId) external view returns (AwardType memory);

    /// @notice Criteria, title and authority as published. Reverts for an unknown id.
    function textsOf(
        uint32 typeId
    )
        external
        view
        returns (bytes32 criteriaHash, string memory criteriaUri, string memory title, string memory authority);

    /// @notice The members named beside the publisher.
    function grantersOf(uint32 typeId) external view returns (uint32[] memory);

    function typeCount() external view returns (uint32);
}
