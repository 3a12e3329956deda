// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ISubjects} from "../../authority/interfaces/ISubjects.sol";
import {RecordId} from "../LogTypes.sol";
import {RecordHeader} from "../libraries/RecordHeader.sol";
import {DeskBase} from "./DeskBase.sol";

/// @title Who speaks for the subject of a record
abstract contract Standings is DeskBase, EIP712 {
    uint8 internal constant ACKNOWLEDGE = 1;
    uint8 internal constant DISPUTE = 2;
    uint8 internal constant APPEAL = 3;

    bytes32 private constant _ACT_TYPEHASH = keccak256(
        "Act(bytes32 recordId,bytes32 subject,uint8 act,uint32 round,bytes32 content,uint40 deadline)"
    );

    ISubjects internal immutable SUBJECTS;

    constructor(ISubjects subjects) EIP712("Stele RecordDesk", "1") {
        SUBJECTS = subjects;
    }

    /// @dev Reverts unless the record is open to whoever acts. An ERC-1271 account is asked by a static call.
    function _requireStanding(
        RecordId recordId,
        RecordHeader.Header memory header,
        Standing calldata standing,
        uint8 act,
        uint32 round,
        bytes32 content
    ) internal view {
        address account = header.disputeAddress;
        if (standing.subject != 0) {
            if (!RecordHeader.isOpenTo(header, standing.subject, standing.salt)) revert RecordDeskNotSubject(recordId);
            account = SUBJECTS.actingAccountOf(standing.subject);
        }
        if (account == address(0)) revert RecordDeskNotSubject(recordId);
        if (standing.signature.length == 0) {
            if (msg.sender != account) revert RecordDeskNotSubject(recordId);
            return;
        }
        if (block.timestamp > standing.deadline) revert RecordDeskExpired(standing.deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(_ACT_TYPEHASH, recordId, standing.subject, act, round, content, standing.deadline))
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, standing.signature)) {
            revert RecordDeskNotSubject(recordId);
        }
    }

    /// @dev Whether this standing may speak in a dispute that stands on the opening or not. The log's owner chose the
    /// one-time address, so the address never speaks in the opening's dispute; and a member that holds the subject's
    /// account could be that owner, so it never speaks in the address's.
    function _speaksIn(bool opened, bytes32 subject) internal view returns (bool) {
        if (opened == (subject != 0)) return true;
        return !opened && !SUBJECTS.subjectInfo(subject).held;
    }

    /// @dev The enrolled subject that calls; a contested account may not.
    function _callingSubject(RecordId recordId) internal view returns (bytes32 subject) {
        subject = SUBJECTS.subjectOf(msg.sender);
        if (subject == 0 || SUBJECTS.actingAccountOf(subject) != msg.sender) revert RecordDeskNotSubject(recordId);
    }
}
