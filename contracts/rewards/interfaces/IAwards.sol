// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {LogId} from "../../log/LogTypes.sol";
import {AwardLeaf, Campaign, CampaignId, Standing} from "../RewardTypes.sol";
import {IERC5192} from "./IERC5192.sol";
import {IERC7858} from "./IERC7858.sol";

/// @title Awards as tokens that nobody can transfer
/// @notice ERC-721 with ERC-5192 and ERC-7858; every transfer and approval reverts. An award belongs to a person: it is
/// minted to the account the person has, says at once who holds it when that account is replaced (`holderOf`), and
/// moves by `migrate`, which anyone may call. The owner that ERC-721 tells changes only by that, with an event, so a
/// replay of events equals the state. No recipient is ever called, so none can stand in a batch's way.
/// @dev Token id = batch 40 | position 32. ERC-5484 is not advertised: it demands consent before issue.
/// Domain of the signatures: name "Stele Awards", version "1".
interface IAwards is IERC721Metadata, IERC721Errors, IERC5192, IERC7858 {
    /// @notice What is granted: one award to each account. Signed as `Grant(uint32 typeId,uint40 expires,bytes32
    /// evidenceLog,address[] accounts,uint64[] evidence,uint256 nonce,uint40 deadline)`.
    struct Grant {
        uint32 typeId;
        uint40 expires; // 0 for what the type says; never later than that
        LogId evidenceLog; // zero where the awards rest on no records
        address[] accounts; // 1 to 1,000, each of an enrolled subject
        uint64[] evidence; // index of the record for each account; empty where evidenceLog is zero
    }

    /// @notice What the awards of one grant, or the tokens of one campaign, share.
    struct Batch {
        // slot 0
        uint32 typeId;
        uint32 issuer; // member
        uint40 issuedAt; // seconds
        uint40 expires; // seconds, 0 for never
        uint32 count; // awards in it; 0 for the tokens of a campaign
        bool revoked; // as a whole
        // slot 1
        LogId evidenceLog; // zero for the tokens of a campaign, which have their own
        // slot 2
        CampaignId campaign; // zero for a grant
    }

    /// @notice One award; one slot.
    struct Award {
        // slot 0
        address owner; // as ERC-721 tells
        uint64 evidenceIndex;
        bool hasEvidence;
        bool revoked; // alone; of a campaign's token `Campaigns` knows
    }

    event BatchGranted(
        uint40 indexed batch,
        uint32 indexed typeId,
        uint32 indexed issuer,
        uint32 count,
        LogId evidenceLog,
        uint64[] evidence
    );
    event AwardMaterialised(uint256 indexed tokenId, CampaignId indexed campaignId, uint64 index);
    event AwardRevoked(uint256 indexed tokenId, bytes32 reason);
    event AwardReinstated(uint256 indexed tokenId, bytes32 reason);
    event BatchRevoked(uint40 indexed batch, bytes32 reason);
    event BatchReinstated(uint40 indexed batch, bytes32 reason);
    event EvidenceCorrected(uint256 indexed tokenId, uint64 from, uint64 to);
    event HolderAdmitted(address indexed account, bytes32 indexed subject);
    event NonceUsed(address indexed signer, uint256 nonce);

    error AwardsNotTransferable();
    error AwardsInvalidGrant(string field);
    error AwardsNotASubject(address account);
    error AwardsNotIssuer(uint256 tokenId, uint32 member);
    error AwardsUnchanged(uint256 tokenId);
    error AwardsOfCampaign(uint256 tokenId);
    error AwardsNotCorrected(uint256 tokenId);
    error AwardsNotValid(CampaignId campaignId, uint64 index, Standing standing);
    error AwardsAlreadyMaterialised(uint256 tokenId);
    error AwardsInvalidSignature(address signer);
    error AwardsExpired(uint40 deadline);
    error AwardsNonceUsed(address signer, uint256 nonce);

    /// @notice Grants. Caller: a member that may grant the type.
    /// @return batch counted from 1; the awards are batch << 32 | position in `accounts`
    function grant(Grant calldata grant_) external returns (uint40 batch);

    /// @notice Grants what `signer`, who may grant the type, signed. Caller: anyone. Contracts sign by ERC-1271.
    /// @param nonce any number that the signer has not used; there is no order
    /// @param deadline last second in which the signature counts
    function grantBySignature(
        Grant calldata grant_,
        address signer,
        uint256 nonce,
        uint40 deadline,
        bytes calldata signature
    ) external returns (uint40 batch);

    /// @notice Makes a nonce of the caller's unusable. Never halted.
    function useNonce(uint256 nonce) external;

    /// @notice Makes a token of an award of a campaign, once. The subject's acting account calls, or signed
    /// `Materialise(bytes32 campaignId,uint64 index,bytes32 subject,uint40 deadline)`.
    /// @param signature empty: the caller is the account
    function materialise(
        Campaign calldata campaign,
        AwardLeaf calldata leaf,
        uint64 index,
        bytes32[] calldata proof,
        uint40 deadline,
        bytes calldata signature
    ) external returns (uint256 tokenId);

    /// @notice Revokes one award, or a whole grant. Caller: the issuer. Not for tokens of a campaign: see `Campaigns`.
    /// @param reason code of the published reason, not text about a person
    function revoke(uint256 tokenId, bytes32 reason) external;
    function reinstate(uint256 tokenId, bytes32 reason) external;
    function revokeBatch(uint40 batch, bytes32 reason) external;
    function reinstateBatch(uint40 batch, bytes32 reason) external;

    /// @notice The award rests from now on on the correction of its record, of the same log. Caller: the issuer.
    function adoptCorrection(uint256 tokenId) external;

    /// @notice Admits accounts of enrolled subjects beforehand, so that an award to one of them costs less. Accounts
    /// that are no subject's are passed over. Caller: anyone. Never halted.
    function admit(address[] calldata accounts) external;

    /// @notice Moves awards to the accounts that their holders have now, after a claim or a recovery. Awards that are
    /// where they belong, or do not exist, are passed over, so it can be repeated. Caller: anyone. Never halted.
    function migrate(uint256[] calldata tokenIds) external;

    /// @notice How an award stands now, and whether the record that it rests on is under dispute.
    function standingOf(uint256 tokenId) external view returns (Standing standing, bool disputed);

    /// @notice Whether the award exists, is not revoked, not expired, and its evidence stands.
    function isValid(uint256 tokenId) external view returns (bool);

    /// @notice The account that holds the award now, migrated or not.
    function holderOf(uint256 tokenId) external view returns (address);

    /// @notice The person, as the pseudonym under which the account was admitted.
    function subjectOf(uint256 tokenId) external view returns (bytes32);

    /// @notice The record that the award rests on; zero log for none.
    function evidenceOf(uint256 tokenId) external view returns (LogId logId, uint64 index);

    function awardOf(uint256 tokenId) external view returns (Award memory);
    function batchOf(uint40 batch) external view returns (Batch memory);
    function batchCount() external view returns (uint40);

    /// @notice The batch that holds a campaign's tokens, 0 before the first.
    function batchOfCampaign(CampaignId campaignId) external view returns (uint40);

    /// @notice The subject an account was admitted for, zero where it was not.
    function admittedAs(address account) external view returns (bytes32);

    function isNonceUsed(address signer, uint256 nonce) external view returns (bool);
}
