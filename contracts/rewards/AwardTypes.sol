// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Capabilities} from "../authority/Capabilities.sol";
import {Haltable} from "../authority/Haltable.sol";
import {IMembers} from "../authority/interfaces/IMembers.sol";
import {IAwardTypes} from "./interfaces/IAwardTypes.sol";
import {PackedType, PackedTypes} from "./libraries/PackedType.sol";
import {Texts} from "./libraries/Texts.sol";
import {Category} from "./RewardTypes.sol";

/// @title Award types, published and never edited
/// @dev Who may grant is one slot of the type, and one more where members are listed.
abstract contract AwardTypes is Haltable, IAwardTypes {
    struct Wording {
        bytes32 criteriaHash;
        string criteriaUri;
        string title;
        string authority;
    }

    uint256 private constant _MAX_LISTED = 16;
    uint256 private constant _MAX_URI = 256;
    uint256 private constant _MAX_TEXT = 64;

    IMembers internal immutable MEMBERS;

    uint32 private _typeCount;
    PackedType[2 ** 32] private _types; // by id; an array needs no hash
    mapping(uint32 typeId => Wording) private _texts;
    mapping(uint32 typeId => uint32[]) private _listed;
    mapping(uint32 typeId => mapping(uint32 member => bool)) private _isListed;

    constructor(IMembers members) {
        MEMBERS = members;
    }

    /// @inheritdoc IAwardTypes
    function publish(Terms calldata terms) external whenRunning returns (uint32 typeId) {
        uint32 publisher = MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER);
        _requireTerms(terms, publisher);
        typeId = ++_typeCount;
        if (terms.supersedes != 0) _end(terms.supersedes, publisher, typeId);
        _types[typeId] = PackedTypes.pack(
            AwardType({
                publisher: publisher,
                category: terms.category,
                granters: terms.granters,
                needsEvidence: terms.needsEvidence,
                points: terms.points,
                validity: terms.validity,
                supersededBy: 0,
                publishedAt: _now(),
                endedAt: 0
            })
        );
        _texts[typeId] = Wording(terms.criteriaHash, terms.criteriaUri, terms.title, terms.authority);
        _listed[typeId] = terms.members;
        for (uint256 i = 0; i < terms.members.length; ++i) _isListed[typeId][terms.members[i]] = true;
        emit AwardTypePublished(typeId, publisher, terms.supersedes, terms);
    }

    /// @inheritdoc IAwardTypes
    function retire(uint32 typeId) external whenRunning {
        _end(typeId, MEMBERS.requireCapability(msg.sender, Capabilities.AWARDER), 0);
    }

    /// @inheritdoc IAwardTypes
    function requireGranter(
        uint32 typeId,
        address account
    ) external view returns (uint32 member, AwardType memory awardType) {
        PackedType packed = _types[typeId];
        member = _requireGranter(typeId, packed, account);
        awardType = packed.unpack();
    }

    /// @inheritdoc IAwardTypes
    function awardTypeOf(uint32 typeId) external view returns (AwardType memory) {
        return _types[typeId].unpack();
    }

    /// @inheritdoc IAwardTypes
    function textsOf(
        uint32 typeId
    )
        external
        view
        returns (bytes32 criteriaHash, string memory criteriaUri, string memory title, string memory authority)
    {
        _known(typeId);
        Wording storage texts = _texts[typeId];
        return (texts.criteriaHash, texts.criteriaUri, texts.title, texts.authority);
    }

    /// @inheritdoc IAwardTypes
    function grantersOf(uint32 typeId) external view returns (uint32[] memory) {
        _known(typeId);
        return _listed[typeId];
    }

    /// @inheritdoc IAwardTypes
    function typeCount() external view returns (uint32) {
        return _typeCount;
    }

    /// @param awardType of `typeId`
    /// @return member the account's
    function _requireGranter(
        uint32 typeId,
        PackedType awardType,
        address account
    ) internal view returns (uint32 member) {
        if (awardType.endedAt() != 0) revert AwardTypesEnded(typeId);
        member = _memberOf(account);
        if (member != awardType.publisher() && !awardType.isOpenToAll()) _requireListed(typeId, awardType, member);
    }

    /// @dev `MEMBERS.requireCapability` with `AWARDER`, without the copies that the compiler makes of arguments and
    /// answer (docs/decisions/0100).
    function _memberOf(address account) private view returns (uint32 member) {
        address members = address(MEMBERS);
        bytes4 selector = IMembers.requireCapability.selector;
        uint256 caller_ = uint160(account);
        uint256 capability = Capabilities.AWARDER;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, selector)
            mstore(add(input, 0x04), caller_)
            mstore(add(input, 0x24), capability)
            // An answer is one word; a refusal is passed on as it is.
            if iszero(and(gt(returndatasize(), 0x1f), staticcall(gas(), members, input, 0x44, 0x00, 0x20))) {
                returndatacopy(input, 0x00, returndatasize())
                revert(input, returndatasize())
            }
            member := mload(0x00)
        }
    }

    function _typeOf(uint32 typeId) internal view returns (PackedType) {
        return _types[typeId];
    }

    function _now() internal view returns (uint40) {
        return uint40(block.timestamp); // seconds fit for 34,000 years
    }

    function _end(uint32 typeId, uint32 member, uint32 successor) private {
        PackedType awardType = _known(typeId);
        if (awardType.publisher() != member) revert AwardTypesNotPublisher(typeId, member);
        if (awardType.endedAt() != 0) revert AwardTypesEnded(typeId);
        _types[typeId] = awardType.ended(successor, _now());
        emit AwardTypeEnded(typeId, successor);
    }

    function _requireListed(uint32 typeId, PackedType awardType, uint32 member) private view {
        if (awardType.publisher() == 0) revert AwardTypesUnknown(typeId);
        if (!_isListed[typeId][member]) revert AwardTypesNotGranter(typeId, member);
    }

    function _known(uint32 typeId) private view returns (PackedType awardType) {
        awardType = _types[typeId];
        if (awardType.publisher() == 0) revert AwardTypesUnknown(typeId);
    }

    function _requireTerms(Terms calldata terms, uint32 publisher) private view {
        if (terms.category == Category.None) revert AwardTypesInvalidTerms("category");
        if (terms.criteriaHash == 0) revert AwardTypesInvalidTerms("criteriaHash");
        if (!Texts.isVisibleAscii(terms.criteriaUri, _MAX_URI)) revert AwardTypesInvalidTerms("criteriaUri");
        if (!Texts.isPrintable(terms.title, _MAX_TEXT)) revert AwardTypesInvalidTerms("title");
        if (!Texts.isPrintable(terms.authority, _MAX_TEXT)) revert AwardTypesInvalidTerms("authority");
        uint32[] calldata members = terms.members;
        bool listed = terms.granters == Granters.Listed;
        if (listed == (members.length == 0) || members.length > _MAX_LISTED) revert AwardTypesInvalidTerms("members");
        uint32 previous = 0;
        for (uint256 i = 0; i < members.length; ++i) {
            uint32 member = members[i];
            if (member <= previous || member == publisher) revert AwardTypesInvalidTerms("members");
            previous = member;
        }
        if (listed && previous > MEMBERS.memberCount()) revert AwardTypesInvalidTerms("members");
    }
}
