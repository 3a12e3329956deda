// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {Capabilities} from "../../authority/Capabilities.sol";
import {Haltable} from "../../authority/Haltable.sol";
import {IMembers} from "../../authority/interfaces/IMembers.sol";
import {DatasetId} from "../AuditTypes.sol";
import {IDatasets} from "../interfaces/IDatasets.sol";
import {Possessions} from "../libraries/Possessions.sol";

/// @title What agencies hold, and which mirrors vouch for having it
abstract contract DatasetRegister is Haltable, EIP712, IDatasets {
    uint256 private constant _MAX_MIRRORS = 32;
    uint256 private constant _MAX_STATEMENTS = 8;
    uint8 private constant _MAX_PROMISED = 8;

    IMembers internal immutable MEMBERS;
    bytes32 private immutable _SUITE_ID;

    mapping(DatasetId => Dataset) private _datasets;
    mapping(DatasetId => mapping(uint32 member => Standing)) private _standings;
    /// @dev In the order of their first statement; zero from the first free place on.
    mapping(DatasetId => uint32[_MAX_MIRRORS]) private _mirrors;

    constructor(IMembers members, bytes32 suiteId) EIP712("Stele Datasets", "1") {
        MEMBERS = members;
        _SUITE_ID = suiteId;
    }

    /// @inheritdoc IDatasets
    function register(
        bytes32 root,
        uint64 size,
        string calldata mediaType,
        uint8 mirrorsPromised,
        Possession[] calldata possessions
    ) external whenRunning returns (DatasetId datasetId) {
        uint32 holder = MEMBERS.requireCapability(msg.sender, Capabilities.DATASET_HOLDER);
        if (root == 0) revert DatasetsInvalid("root");
        if (size == 0) revert DatasetsInvalid("size");
        if (mirrorsPromised > _MAX_PROMISED) revert DatasetsInvalid("mirrorsPromised");
        _requireMediaType(mediaType);
        datasetId = datasetFor(holder, root, size);
        Dataset storage dataset = _datasets[datasetId];
        if (dataset.holder != 0) revert DatasetsExists(datasetId);
        dataset.root = root;
        dataset.size = size;
        dataset.holder = holder;
        dataset.registeredAt = _now();
        dataset.mirrorsPromised = mirrorsPromised;
        emit DatasetRegistered(datasetId, holder, root, size, mirrorsPromised, mediaType);
        if (possessions.length != 0) _confirm(datasetId, dataset, possessions);
    }

    /// @inheritdoc IDatasets
    function confirm(DatasetId datasetId, Possession[] calldata possessions) external whenRunning {
        Dataset storage dataset = _known(datasetId);
        if (possessions.length == 0) revert DatasetsInvalid("possessions");
        _confirm(datasetId, dataset, possessions);
    }

    /// @inheritdoc IDatasets
    function withdraw(DatasetId datasetId) external {
        Dataset storage dataset = _known(datasetId);
        uint32 member = MEMBERS.requireDuty(msg.sender, Capabilities.MIRROR);
        Standing storage standing = _standings[datasetId][member];
        if (standing.vouchedAt == 0) revert DatasetsNotMirror(datasetId, member);
        standing.vouchedAt = 0;
        standing.withdrawnAt = _now();
        --dataset.mirrors;
        emit PossessionWithdrawn(datasetId, member);
    }

    /// @inheritdoc IDatasets
    function retire(DatasetId datasetId) external {
        Dataset storage dataset = _known(datasetId);
        uint32 member = MEMBERS.requireDuty(msg.sender, Capabilities.DATASET_HOLDER);
        if (member != dataset.holder) revert DatasetsNotHolder(datasetId, member);
        if (dataset.retiredAt != 0) revert DatasetsRetiredAlready(datasetId);
        dataset.retiredAt = _now();
        emit DatasetRetired(datasetId);
    }

    /// @inheritdoc IDatasets
    function datasetOf(DatasetId datasetId) external view returns (Dataset memory) {
        return _known(datasetId);
    }

    /// @inheritdoc IDatasets
    function standingOf(DatasetId datasetId, uint32 member) external view returns (Standing memory) {
        _known(datasetId);
        return _standings[datasetId][member];
    }

    /// @inheritdoc IDatasets
    function mirrorsOf(DatasetId datasetId) external view returns (uint32[] memory mirrors) {
        _known(datasetId);
        uint32[_MAX_MIRRORS] storage places = _mirrors[datasetId];
        uint256 count = _taken(places);
        mirrors = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) mirrors[i] = places[i];
    }

    /// @inheritdoc IDatasets
    function datasetFor(uint32 holder, bytes32 root, uint64 size) public view returns (DatasetId) {
        return DatasetId.wrap(keccak256(abi.encode("stele.dataset", _SUITE_ID, holder, root, size)));
    }

    function _known(DatasetId datasetId) internal view returns (Dataset storage dataset) {
        dataset = _datasets[datasetId];
        if (dataset.holder == 0) revert DatasetsUnknown(datasetId);
    }

    function _standing(DatasetId datasetId, uint32 member) internal view returns (Standing storage) {
        return _standings[datasetId][member];
    }

    function _now() internal view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }

    function _confirm(DatasetId datasetId, Dataset storage dataset, Possession[] calldata possessions) private {
        if (possessions.length > _MAX_STATEMENTS) revert DatasetsInvalid("possessions");
        uint32 holder = dataset.holder;
        uint8 more = 0;
        for (uint256 i = 0; i < possessions.length; ++i) {
            if (_file(datasetId, holder, possessions[i])) ++more;
        }
        if (more != 0) dataset.mirrors += more;
    }

    /// @return joined whether the mirror did not vouch before
    function _file(DatasetId datasetId, uint32 holder, Possession calldata given) private returns (bool joined) {
        address signer = given.signer;
        uint32 member = MEMBERS.requireCapability(signer, Capabilities.MIRROR);
        if (member == holder) revert DatasetsIneligible(signer, member);
        Standing storage standing = _standings[datasetId][member];
        (uint40 vouchedAt, uint40 withdrawnAt) = (standing.vouchedAt, standing.withdrawnAt);
        uint40 time = given.time;
        if (!Possessions.isTimely(time, vouchedAt, withdrawnAt, block.timestamp)) {
            revert DatasetsPossessionTime(signer, time);
        }
        bytes32 digest = _hashTypedDataV4(Possessions.structHash(datasetId, time));
        // A signer with code is asked in a static call: it can refuse or burn gas, not write or re-enter.
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, given.signature)) {
            revert DatasetsInvalidPossession(signer);
        }
        joined = vouchedAt == 0;
        if (joined && withdrawnAt == 0) _addMirror(datasetId, member);
        standing.vouchedAt = time;
        emit PossessionConfirmed(datasetId, member, time);
    }

    function _addMirror(DatasetId datasetId, uint32 member) private {
        uint32[_MAX_MIRRORS] storage places = _mirrors[datasetId];
        uint256 count = _taken(places);
        if (count == _MAX_MIRRORS) revert DatasetsInvalid("mirrors");
        places[count] = member;
    }

    function _taken(uint32[_MAX_MIRRORS] storage places) private view returns (uint256 count) {
        while (count < _MAX_MIRRORS && places[count] != 0) ++count;
    }

    function _requireMediaType(string calldata mediaType) private pure {
        bytes calldata text = bytes(mediaType);
        bool valid = text.length >= 3 && text.length <= 127;
        for (uint256 i = 0; valid && i < text.length; ++i) valid = text[i] > 0x20 && text[i] < 0x7f;
        if (!valid) revert DatasetsInvalid("mediaType");
    }
}
