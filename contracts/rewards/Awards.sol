// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IMembers} from "../authority/interfaces/IMembers.sol";
import {ISubjects} from "../authority/interfaces/ISubjects.sol";
import {ILogRegistry} from "../log/interfaces/ILogRegistry.sol";
import {IRecordDesk} from "../log/interfaces/IRecordDesk.sol";
import {AwardHolders} from "./awards/AwardHolders.sol";
import {AwardMaterials} from "./awards/AwardMaterials.sol";
import {AwardRevocations} from "./awards/AwardRevocations.sol";
import {AwardStandings} from "./awards/AwardStandings.sol";
import {AwardTokens} from "./awards/AwardTokens.sol";
import {IAwardPicture} from "./interfaces/IAwardPicture.sol";
import {ICampaigns} from "./interfaces/ICampaigns.sol";

/// @title Awards as tokens that nobody can transfer
/// @dev Put together from parts of one concept each, in contracts/rewards/awards.
contract Awards is AwardMaterials, AwardRevocations {
    constructor(
        address initialAuthority,
        IMembers members,
        ISubjects subjects,
        ILogRegistry registry,
        IRecordDesk desk,
        ICampaigns campaigns,
        IAwardPicture picture
    )
        AccessManaged(initialAuthority)
        AwardTokens(picture)
        AwardHolders(subjects)
        AwardStandings(campaigns, registry, desk)
        AwardRevocations(members)
    {}
}
