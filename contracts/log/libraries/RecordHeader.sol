// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The header of a record, which is the leaf of its log
/// @notice Exactly 195 bytes, big endian: version 1 | logId 32 | source 32 | sequence 8 | time 5 | schema 32 |
/// retentionClass 1 | subjectCommitment 32 | disputeAddress 20 | payloadCommitment 32. See docs/record-format.md.
library RecordHeader {
    struct Header {
        bytes32 logId;
        bytes32 source; // SHA-256 of its URI
        uint64 sequence; // without gaps within log and source
        uint40 time; // seconds, of the owner's clock
        bytes32 schema; // SHA-256 of its URI
        uint8 retentionClass; // index into the policy's classes
        bytes32 subjectCommitment; // zero where the record commits to nobody
        address disputeAddress; // zero where unused
        bytes32 payloadCommitment;
    }

    uint256 internal constant LENGTH = 195;
    bytes1 internal constant VERSION = 0x01;
    bytes16 private constant _SUBJECT_TAG = "stele.subject.v1";

    /// @notice The name of the first thing that is wrong with the header's form; empty where nothing is.
    function flaw(bytes calldata header) internal pure returns (string memory) {
        if (header.length != LENGTH) return "length";
        if (header[0] != VERSION) return "version";
        return "";
    }

    /// @notice Reads a header whose form was checked.
    function decode(bytes calldata header) internal pure returns (Header memory) {
        return
            Header({
                logId: bytes32(header[1:33]),
                source: bytes32(header[33:65]),
                sequence: uint64(bytes8(header[65:73])),
                time: uint40(bytes5(header[73:78])),
                schema: bytes32(header[78:110]),
                retentionClass: uint8(header[110]),
                subjectCommitment: bytes32(header[111:143]),
                disputeAddress: address(bytes20(header[143:163])),
                payloadCommitment: bytes32(header[163:195])
            });
    }

    /// @notice Whether the header commits to this subject with this salt. A record that commits to nobody is open to
    /// nobody.
    function isOpenTo(Header memory header, bytes32 subject, bytes32 salt) internal pure returns (bool) {
        if (subject == 0 || header.subjectCommitment == 0) return false;
        return header.subjectCommitment == commitment(header.logId, header.source, header.sequence, subject, salt);
    }

    /// @notice Whether nobody was given a way to speak about the record, so that no notice is owed.
    function isAboutNobody(Header memory header) internal pure returns (bool) {
        return header.subjectCommitment == 0 && header.disputeAddress == address(0);
    }

    /// @notice SHA-256("stele.subject.v1" ‖ logId ‖ source ‖ sequence ‖ subject ‖ salt).
    function commitment(
        bytes32 logId,
        bytes32 source,
        uint64 sequence,
        bytes32 subject,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(_SUBJECT_TAG, logId, source, sequence, subject, salt));
    }

    /// @notice Whether two records are open to one subject, so that one may correct the other.
    /// @param openings subject, salt of the one, salt of the other; empty: by the dispute address
    function sameSubject(
        Header memory one,
        Header memory other,
        bytes32[] calldata openings
    ) internal pure returns (bool) {
        bool sameAddress = one.disputeAddress == other.disputeAddress;
        if (one.subjectCommitment == 0 || other.subjectCommitment == 0) {
            return one.subjectCommitment == other.subjectCommitment && sameAddress && openings.length == 0;
        }
        if (openings.length == 0) return sameAddress && one.disputeAddress != address(0);
        return
            openings.length == 3 &&
            isOpenTo(one, openings[0], openings[1]) &&
            isOpenTo(other, openings[0], openings[2]);
    }
}
