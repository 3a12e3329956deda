// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogId} from "../log/LogTypes.sol";

/// @notice One campaign: keccak256(abi.encode(suiteId, campaign)), over all its terms.
type CampaignId is bytes32;

/// @notice What an award is for. There is none for performance or conduct: those are records that the person opens.
enum Category {
    None,
    Training,
    Career,
    Mission,
    Service
}

/// @notice How an award stands now. Only `Valid` counts.
enum Standing {
    None, // there is no such award
    Valid,
    Revoked, // by its issuer, alone or with its batch or campaign
    Expired,
    Unsupported // the record it rests on was corrected, withdrawn or has lapsed, or is not in its log yet
}

/// @notice The terms of a campaign; its id commits to all of them.
struct Campaign {
    bytes32 root; // RFC 9162, over the leaves
    uint64 size; // leaves, 1 to 2^32
    uint32 typeId;
    uint32 issuer; // member
    uint40 expires; // first second in which its awards do not count any more; 0 for never
}

/// @notice A leaf of a campaign, opened. Its hash is SHA-256(0x00 ‖ "stele.award.v1" ‖ subject ‖ evidenceLog ‖
/// evidenceIndex ‖ content ‖ salt), numbers big endian in their own widths.
struct AwardLeaf {
    bytes32 subject;
    LogId evidenceLog; // zero where the award rests on no record
    uint64 evidenceIndex;
    bytes32 content; // commitment to what else the award says, zero for nothing
    bytes32 salt; // 32 random bytes
}
