// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogPolicies} from "../../contracts/log/interfaces/ILogPolicies.sol";
import {IRecordDesk} from "../../contracts/log/interfaces/IRecordDesk.sol";
import {DeskRules} from "../../contracts/log/libraries/DeskRules.sol";
import {RecordHeader} from "../../contracts/log/libraries/RecordHeader.sol";

/// @notice Shows the desk's libraries to tests, one case or many at a time.
contract DeskHarness {
    struct Case {
        IRecordDesk.State state;
        bool noticed;
        uint32 openComplaints;
        uint40 elapsed;
        uint40 time;
        uint40 anchoredBy;
        uint40 timestamp;
        bool committed;
        address disputeAddress;
        bool known;
        uint32 retention;
        bool noticeNeeded;
        uint32 clockSkew;
        uint32 answerPeriod;
        uint32 appealPeriod;
        uint32 rulingPeriod;
    }

    function statuses(Case[] calldata cases) external pure returns (IRecordDesk.Status[] memory results) {
        results = new IRecordDesk.Status[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) results[i] = _status(cases[i]);
    }

    function decode(bytes calldata header) external pure returns (string memory, RecordHeader.Header memory decoded) {
        string memory flaw = RecordHeader.flaw(header);
        if (bytes(flaw).length == 0) decoded = RecordHeader.decode(header);
        return (flaw, decoded);
    }

    function isOpenTo(bytes calldata header, bytes32 subject, bytes32 salt) external pure returns (bool) {
        return RecordHeader.isOpenTo(RecordHeader.decode(header), subject, salt);
    }

    function sameSubject(
        bytes calldata one,
        bytes calldata other,
        bytes32[] calldata openings
    ) external pure returns (bool) {
        return RecordHeader.sameSubject(RecordHeader.decode(one), RecordHeader.decode(other), openings);
    }

    function _status(Case calldata c) private pure returns (IRecordDesk.Status memory status) {
        ILogPolicies.Policy memory policy;
        policy.noticeNeeded = c.noticeNeeded;
        policy.clockSkew = c.clockSkew;
        policy.answerPeriod = c.answerPeriod;
        policy.appealPeriod = c.appealPeriod;
        policy.rulingPeriod = c.rulingPeriod;
        RecordHeader.Header memory header;
        header.time = c.time;
        header.subjectCommitment = c.committed ? bytes32(uint256(1)) : bytes32(0);
        header.disputeAddress = c.disputeAddress;
        status.state = DeskRules.stateAt(c.state, policy, c.elapsed);
        status.included = true;
        status.noticed = c.noticed;
        status.disputed = DeskRules.isDisputed(status.state, c.openComplaints);
        status.anchoredBy = c.anchoredBy;
        status.expires = DeskRules.expiryOf(c.time, c.anchoredBy, c.retention);
        status.valid = DeskRules.isValid(status, header, policy, c.known, c.timestamp);
    }
}
