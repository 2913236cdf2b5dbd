// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRollupCore} from "@aztec/core/interfaces/IRollup.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {OracleInput} from "@aztec/core/libraries/rollup/FeeLib.sol";
import {ProposeArgs, ProposeLib, ProposePayload} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {GasFees, ProposedHeader, ProposedHeaderLib} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {ILateSubmission} from "../interfaces/ILateSubmission.sol";

/**
 * @notice Where a compact submission takes the members' addresses from.
 * @dev `Given`: all of them are in the calldata, once and unpadded. `Recovered`: only those of members that did not
 *      sign; the others follow from the signatures. `Stored`: none; the epoch's committee was stored as code before.
 */
enum MemberSource {
  Given,
  Recovered,
  Stored
}

/**
 * @title CompactProposer
 * @notice Measured, not deployed: takes a checkpoint in as few bytes as there can be, and calls `propose` with what
 *         they expand to.
 *
 * @dev The floor of EIP-7623 charges bytes, whatever is executed: a losing submission can only get cheaper by being
 *      smaller. Asks `requireOpen` before it expands anything. The call is raw data, laid out as `_expand` reads it.
 */
contract CompactProposer {
  /// @dev Where an expansion stands; positions are in the calldata.
  struct Expansion {
    MemberSource source;
    uint256 size;
    uint256 signature;
    uint256 given;
    uint256 end;
    bytes32 digest;
    bytes stored;
  }

  uint256 private constant SIGNATURE_LENGTH = 65;
  uint256 private constant ADDRESS_LENGTH = 20;
  uint256 private constant EPOCH_DURATION = 32;
  uint256 private constant BITMAP_POSITION = 346;

  /// @notice The rollup that is proposed to.
  address public immutable ROLLUP;

  /// @notice The contract whose code is a zero byte and then the committee of the epoch.
  mapping(uint256 epoch => address store) public committees;

  error CompactProposer__UnknownCommittee(uint256 epoch);

  /**
   * @notice Proposes to one rollup.
   * @param _rollup The rollup
   */
  constructor(address _rollup) {
    ROLLUP = _rollup;
  }

  // Nothing but calldata is saved by this prototype: a selector would cost what it measures.
  // solhint-disable no-complex-fallback, payable-fallback, use-natspec
  /// @notice Proposes. Compact to the last byte: no selector, no offsets, no padding.
  fallback() external {
    Slot slot = Slot.wrap(uint32(bytes4(msg.data[310:314])));
    ILateSubmission(ROLLUP).requireOpen(slot, bytes32(msg.data[33:65]));
    _expand(MemberSource(uint8(msg.data[0])), slot);
  }
  // solhint-enable no-complex-fallback, payable-fallback, use-natspec

  /**
   * @notice Stores a committee for `MemberSource.Stored`. Once per epoch, by anyone; a wrong one makes `propose` fail.
   * @param _epoch The epoch
   * @param _members The members' addresses, 20 bytes each, in committee order
   */
  function storeCommittee(uint256 _epoch, bytes calldata _members) external {
    // Init code that returns what follows it; the zero byte makes the store uncallable.
    bytes memory initCode = abi.encodePacked(hex"61", uint16(_members.length + 1), hex"80600a3d393df300", _members);
    address store;
    // The language creates contracts of a type only.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      store := create(0, add(initCode, 0x20), mload(initCode))
    }
    committees[_epoch] = store;
  }

  function _expand(MemberSource _source, Slot _slot) private {
    ProposeArgs memory args = ProposeArgs({
      archive: bytes32(msg.data[1:33]),
      oracleInput: OracleInput({feeAssetPriceModifier: int16(uint16(bytes2(msg.data[319:321])))}),
      header: ProposedHeader({
        lastArchiveRoot: bytes32(msg.data[33:65]),
        blockHeadersHash: bytes32(msg.data[65:97]),
        blobsHash: bytes32(msg.data[97:129]),
        inHash: bytes32(msg.data[129:161]),
        outHash: bytes32(msg.data[161:193]),
        slotNumber: _slot,
        timestamp: Timestamp.wrap(uint40(bytes5(msg.data[314:319]))),
        coinbase: address(bytes20(msg.data[290:310])),
        feeRecipient: bytes32(msg.data[193:225]),
        gasFees: GasFees({feePerDaGas: 0, feePerL2Gas: uint128(bytes16(msg.data[321:337]))}),
        totalManaUsed: uint64(bytes8(msg.data[337:345]))
      })
    });
    Signature memory signature = Signature({
      r: bytes32(msg.data[225:257]),
      s: bytes32(msg.data[257:289]),
      v: uint8(msg.data[289])
    });

    Expansion memory expansion;
    expansion.source = _source;
    expansion.size = uint8(msg.data[345]);
    (CommitteeAttestations memory attestations, address[] memory signers) = _expandAttestations(args, expansion);
    IRollupCore(ROLLUP).propose(args, attestations, signers, signature, msg.data[expansion.end:]);
  }

  /// @dev From bitmap, signatures and whatever addresses there are to what `propose` takes.
  function _expandAttestations(
    ProposeArgs memory _args,
    Expansion memory _x
  ) private view returns (CommitteeAttestations memory attestations, address[] memory signers) {
    uint256 bitmapLength = (_x.size + 7) / 8;
    attestations.signatureIndices = msg.data[BITMAP_POSITION:BITMAP_POSITION + bitmapLength];
    uint256 bitmap = uint256(bytes32(attestations.signatureIndices));
    uint256 count = 0;
    for (uint256 bits = bitmap; bits != 0; bits &= bits - 1) ++count;

    _x.signature = BITMAP_POSITION + bitmapLength;
    _x.given = _x.signature + count * SIGNATURE_LENGTH;
    _x.end = _x.given;
    if (_x.source == MemberSource.Stored) {
      _x.stored = _readCommittee(_args.header.slotNumber);
    } else if (_x.source == MemberSource.Recovered) {
      _x.digest = _digest(_args);
      _x.end += (_x.size - count) * ADDRESS_LENGTH;
    } else {
      _x.end += _x.size * ADDRESS_LENGTH;
    }

    signers = new address[](count);
    bytes memory packed = new bytes(count * SIGNATURE_LENGTH + (_x.size - count) * ADDRESS_LENGTH);
    uint256 target;
    // What is packed here goes to memory once, without the copies that `bytes.concat` makes.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      target := add(packed, 0x20)
    }
    uint256 signer = 0;
    for (uint256 i = 0; i < _x.size; ++i) {
      bool isSignature = (bitmap << i) >> 255 == 1;
      address member = _nextMember(_x, i, isSignature);
      if (isSignature) {
        signers[signer] = member;
        ++signer;
        uint256 source = _x.signature;
        // As above.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
          calldatacopy(target, source, SIGNATURE_LENGTH)
        }
        _x.signature += SIGNATURE_LENGTH;
        target += SIGNATURE_LENGTH;
      } else {
        // The next entry overwrites what this word has too much; the last one's ends in memory that nobody reads.
        // solhint-disable-next-line no-inline-assembly
        assembly {
          mstore(target, shl(96, member))
        }
        target += ADDRESS_LENGTH;
      }
    }
    attestations.signaturesOrAddresses = packed;
  }

  function _nextMember(Expansion memory _x, uint256 _index, bool _isSignature) private view returns (address member) {
    if (_x.source == MemberSource.Stored) return _addressAt(_x.stored, _index * ADDRESS_LENGTH);
    if (_x.source == MemberSource.Recovered && _isSignature) return _recover(_x.digest, _x.signature);
    uint256 position = _x.given;
    _x.given = position + ADDRESS_LENGTH;
    // As above: a slice would be checked.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      member := shr(96, calldataload(position))
    }
  }

  function _readCommittee(Slot _slot) private view returns (bytes memory members) {
    uint256 epoch = Slot.unwrap(_slot) / EPOCH_DURATION;
    address store = committees[epoch];
    require(store != address(0), CompactProposer__UnknownCommittee(epoch));
    uint256 length = store.code.length - 1;
    members = new bytes(length);
    // The language copies all of the code or none of it.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      extcodecopy(store, add(members, 0x20), 1, length)
    }
  }

  function _recover(bytes32 _hash, uint256 _at) private pure returns (address) {
    return
      ECDSA.recover(
        _hash,
        uint8(msg.data[_at]),
        bytes32(msg.data[_at + 1:_at + 33]),
        bytes32(msg.data[_at + 33:_at + 65])
      );
  }

  function _digest(ProposeArgs memory _args) private pure returns (bytes32) {
    ProposePayload memory payload = ProposePayload({
      archive: _args.archive,
      oracleInput: _args.oracleInput,
      headerHash: ProposedHeaderLib.hash(_args.header)
    });
    return MessageHashUtils.toEthSignedMessageHash(ProposeLib.digest(payload));
  }

  function _addressAt(bytes memory _packed, uint256 _offset) private pure returns (address member) {
    // A slice of memory would be a copy.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      member := shr(96, mload(add(add(_packed, 0x20), _offset)))
    }
  }
}
