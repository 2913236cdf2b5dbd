// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Errors} from "@aztec/core/libraries/Errors.sol";
import {
  ADDRESS_LENGTH,
  CommitteeAttestations,
  SIGNATURE_LENGTH,
  SignatureDomainSeparator
} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {Panic} from "@oz/utils/Panic.sol";
import {ILateSubmission} from "../interfaces/ILateSubmission.sol";

/**
 * @title PackedAttestationsLib
 * @notice Reads packed committee attestations where they are, in calldata, and once.
 *
 * @dev The bitmap has a bit for each member, the first member in the highest bit of the first byte. The data holds, in
 *      committee order, 65 bytes (v, r, s) of each member whose bit is set and the 20 bytes of every other's address.
 *
 *      Upstream copies both to memory and walks them there, once for each question. Here one walk writes
 *      `abi.encode(address[])` of the committee to scratch memory, hashes it, and remembers what it saw of one member.
 *      Scratch memory is what lies past the free memory pointer: nothing of it outlives the function that uses it.
 */
library PackedAttestationsLib {
  /// @dev How many bytes a signature takes more than an address.
  uint256 private constant SIGNATURE_SURPLUS = SIGNATURE_LENGTH - ADDRESS_LENGTH;

  /// @dev What `abi.encode` puts before an array's elements: offset and length.
  uint256 private constant ENCODED_HEAD = 0x40;

  /// @dev The largest s that OpenZeppelin accepts, half the order of secp256k1.
  uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

  /**
   * @notice The committee as the signatures themselves name it: each is recovered, none is believed.
   * @dev Validations performed, in this order:
   *      - the bitmap has the length of the committee: Errors.AttestationLib__SignatureIndicesSizeMismatch
   *      - it has no bit past the committee: LateSubmission__BitPastCommittee. Upstream ignores such bits, but they are
   *        part of the hash that upstream stores, and no node sends them again with its proof.
   *      - each signature is one, and in its canonical form: ECDSA.ECDSAInvalidSignature, ECDSA.ECDSAInvalidSignatureS
   *      - the bitmap asks for all of the data and no more: Errors.AttestationLib__SignaturesOrAddressesSizeMismatch
   * @param _attestations The packed attestations
   * @param _digest What was signed
   * @param _size The size of the committee, not zero
   * @param _index The member to remember, less than `_size`
   * @return commitment keccak256(abi.encode(address[])) of the committee
   * @return member The member at `_index`
   */
  function recoverCommittee(
    CommitteeAttestations calldata _attestations,
    bytes32 _digest,
    uint256 _size,
    uint256 _index
  ) internal view returns (bytes32 commitment, address member) {
    uint256 bitmap = _requireBitmap(_attestations, _size);
    uint256 past = uint256(uint8(_attestations.signatureIndices[(_size - 1) / 8])) << (((_size - 1) % 8) + 1);
    require(past & 0xff == 0, ILateSubmission.LateSubmission__BitPastCommittee(_size));
    bytes calldata packed = _attestations.signaturesOrAddresses;
    uint256 start;
    // The language gives no position in calldata as a number.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      start := packed.offset
    }
    (uint256 end, uint256 committee) = _writeRecovered(bitmap, start, _size, _digest);
    // OpenZeppelin says what is wrong with the signature at which the walk has stopped.
    if (committee == 0) recoverAt(end, _digest);
    _requireLength(end - start, packed.length);
    return _readCommittee(committee, _size, _index);
  }

  /**
   * @notice The committee as the attestations and the list of signers name it. Upstream's
   *         `reconstructCommitteeFromSigners`, errors included.
   * @dev Validations performed:
   *      - the bitmap has the length of the committee: Errors.AttestationLib__SignatureIndicesSizeMismatch
   *      - there is a signer for each bit: Panic(0x32)
   *      - the data has the length that the bitmap asks for: Errors.AttestationLib__SignaturesOrAddressesSizeMismatch
   *      - there is no signer too many: Errors.AttestationLib__SignersSizeMismatch
   *
   *      No signature is verified. Bits past the committee are ignored, as upstream.
   * @param _attestations The packed attestations
   * @param _signers The members that signed, in committee order
   * @param _size The size of the committee
   * @param _index The member to remember, less than `_size`
   * @return commitment keccak256(abi.encode(address[])) of the committee
   * @return member The member at `_index`
   * @return signature Where in calldata the signature of that member is; zero if it has not signed
   */
  function readCommittee(
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    uint256 _size,
    uint256 _index
  ) internal pure returns (bytes32 commitment, address member, uint256 signature) {
    uint256 bitmap = _requireBitmap(_attestations, _size);
    bytes calldata packed = _attestations.signaturesOrAddresses;
    uint256 data;
    uint256 count;
    // Reading calldata past its end gives zeros. Nothing is believed before the lengths have been compared below.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      data := packed.offset
      count := _signers.offset
    }
    (signature, count) = _writeSigners(bitmap, data, count, _size, _index);
    (commitment, member) = _readCommittee(_freeMemory(), _size, _index);

    if (count > _signers.length) Panic.panic(Panic.ARRAY_OUT_OF_BOUNDS);
    _requireLength(_size * ADDRESS_LENGTH + count * SIGNATURE_SURPLUS, packed.length);
    require(count == _signers.length, Errors.AttestationLib__SignersSizeMismatch(count, _signers.length));
  }

  /**
   * @notice Reverts unless there are enough signatures, by the length of the data alone.
   * @dev Validations performed:
   *      - the data has the length of some number of signatures and of addresses for all others:
   *        Errors.AttestationLib__SignaturesOrAddressesSizeMismatch
   *      - that number is a quorum: Errors.ValidatorSelection__InsufficientAttestations
   *
   *      `recoverCommittee` demands that the bitmap asks for exactly this data; the number is the bitmap's then.
   * @param _attestations The packed attestations
   * @param _size The size of the committee
   * @param _quorum How many signatures there have to be
   */
  function requireQuorum(CommitteeAttestations calldata _attestations, uint256 _size, uint256 _quorum) internal pure {
    uint256 actual = _attestations.signaturesOrAddresses.length;
    uint256 addresses = _size * ADDRESS_LENGTH;
    uint256 count = actual > addresses ? (actual - addresses) / SIGNATURE_SURPLUS : 0;
    _requireLength(addresses + count * SIGNATURE_SURPLUS, actual);
    require(count >= _quorum, Errors.ValidatorSelection__InsufficientAttestations(_quorum, count));
  }

  /**
   * @notice Whether a member's signature is among the attestations.
   * @param _attestations The packed attestations, with a bitmap as long as it should be
   * @param _index The member's place in the committee
   */
  function isSigned(CommitteeAttestations calldata _attestations, uint256 _index) internal pure returns (bool) {
    return (uint8(_attestations.signatureIndices[_index / 8]) >> (7 - (_index % 8))) & 1 == 1;
  }

  /**
   * @notice What upstream stores of the attestations: keccak256(abi.encode(_attestations)).
   * @param _attestations The packed attestations
   * @return digest The hash
   */
  function hash(CommitteeAttestations calldata _attestations) internal pure returns (bytes32 digest) {
    uint256 start = _freeMemory();
    uint256 end = _encode(_attestations, start + 0x20);
    // Free memory is written and hashed, and never allocated.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(start, 0x20)
      digest := keccak256(start, sub(end, start))
    }
  }

  /**
   * @notice What the proposer signs over attestations and signers: upstream's `getAttestationsAndSignersDigest`.
   * @param _attestations The packed attestations
   * @param _signers The members that signed, in committee order
   * @return digest The hash, before the prefix of Ethereum messages
   */
  function hashWithSigners(
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers
  ) internal pure returns (bytes32 digest) {
    uint256 domain = uint256(SignatureDomainSeparator.attestationsAndSigners);
    uint256 start = _freeMemory();
    uint256 end = _encode(_attestations, start + 0x60);
    // Free memory is written and hashed, and never allocated.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(start, domain)
      mstore(add(start, 0x20), 0x60)
      mstore(add(start, 0x40), sub(end, start))
      mstore(end, _signers.length)
      calldatacopy(add(end, 0x20), _signers.offset, shl(5, _signers.length))
      digest := keccak256(start, add(sub(end, start), add(0x20, shl(5, _signers.length))))
    }
  }

  /**
   * @notice Who has signed a digest.
   * @param _position Where in calldata the packed signature begins
   * @param _digest What was signed
   * @return The signer; reverts with the errors of ECDSA
   */
  function recoverAt(uint256 _position, bytes32 _digest) internal pure returns (address) {
    uint8 v;
    bytes32 r;
    bytes32 s;
    // Slices of calldata would be checked and copied.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      v := byte(0, calldataload(_position))
      r := calldataload(add(_position, 1))
      s := calldataload(add(_position, 33))
    }
    return ECDSA.recover(_digest, v, r, s);
  }

  /**
   * @dev Writes the committee to free memory as its addresses and the signatures name it. Positions are in calldata.
   *      Returns where the data that was asked for ends and where in memory the committee is. Stops at the first
   *      signature that is none: its position is then the end, and there is no committee.
   */
  function _writeRecovered(
    uint256 _bitmap,
    uint256 _data,
    uint256 _size,
    bytes32 _digest
  ) private view returns (uint256 end, uint256 committee) {
    // The input of the precompile: digest, v, r and s, a word each. A packed signature fills the last three at once.
    uint256 message = _freeMemory();
    committee = message + 0x80;
    uint256 maxS = MAX_S;
    // Every step is taken once for each member: bounds checks and copies would cost more than the walk.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(message, _digest)
      mstore(add(message, 0x20), 0)
      let target := add(committee, ENCODED_HEAD)
      _size := add(target, shl(5, _size))
      for {} lt(target, _size) {
        _bitmap := add(_bitmap, 0x20)
      } {
        // A word of the bitmap is for 256 members.
        let bits := calldataload(_bitmap)
        let next := add(target, 0x2000)
        if gt(next, _size) {
          next := _size
        }
        for {} lt(target, next) {
          target := add(target, 0x20)
        } {
          switch slt(bits, 0)
          case 0 {
            mstore(target, shr(96, calldataload(_data)))
            _data := add(_data, ADDRESS_LENGTH)
          }
          default {
            calldatacopy(add(message, 0x3f), _data, SIGNATURE_LENGTH)
            pop(staticcall(gas(), 1, message, 0x80, target, 0x20))
            // Nothing comes back for what is no signature.
            if or(iszero(returndatasize()), gt(mload(add(message, 0x60)), maxS)) {
              committee := 0
              target := _size
              break
            }
            _data := add(_data, SIGNATURE_LENGTH)
          }
          bits := shl(1, bits)
        }
      }
      end := _data
    }
  }

  /**
   * @dev Writes the committee to free memory as its addresses and the signers name it. Positions are in calldata.
   *      Returns where the signature of the member at `_index` is, and how many signatures there are.
   */
  function _writeSigners(
    uint256 _bitmap,
    uint256 _data,
    uint256 _signers,
    uint256 _size,
    uint256 _index
  ) private pure returns (uint256 signature, uint256 count) {
    uint256 target = _freeMemory() + ENCODED_HEAD;
    // As above. The loop over the bitmap stands twice: one walk for both would ask at each signature which one it is.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      _index := add(target, shl(5, _index))
      _size := add(target, shl(5, _size))
      count := _signers
      for {} lt(target, _size) {
        _bitmap := add(_bitmap, 0x20)
      } {
        // A word of the bitmap is for 256 members.
        let bits := calldataload(_bitmap)
        let next := add(target, 0x2000)
        if gt(next, _size) {
          next := _size
        }
        for {} lt(target, next) {
          target := add(target, 0x20)
        } {
          switch slt(bits, 0)
          case 0 {
            mstore(target, shr(96, calldataload(_data)))
            _data := add(_data, ADDRESS_LENGTH)
          }
          default {
            if eq(target, _index) {
              signature := _data
            }
            mstore(target, calldataload(count))
            count := add(count, 0x20)
            _data := add(_data, SIGNATURE_LENGTH)
          }
          bits := shl(1, bits)
        }
      }
      count := shr(5, sub(count, _signers))
    }
  }

  /// @dev Writes the attestations as `abi.encode` does, without the offset before them. Returns where they end.
  function _encode(CommitteeAttestations calldata _attestations, uint256 _start) private pure returns (uint256 end) {
    // Free memory is written and never allocated.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(_start, 0x40)
    }
    end = _encodeBytes(_attestations.signatureIndices, _start + 0x40);
    // As above.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(add(_start, 0x20), sub(end, _start))
    }
    end = _encodeBytes(_attestations.signaturesOrAddresses, end);
  }

  /// @dev Writes length, bytes and padding. Returns where they end.
  function _encodeBytes(bytes calldata _data, uint256 _start) private pure returns (uint256 end) {
    // As above.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(_start, _data.length)
      end := add(_start, 0x20)
      calldatacopy(end, _data.offset, _data.length)
      end := add(end, _data.length)
      // The padding; what it writes too much is overwritten by what follows, or not read.
      mstore(end, 0)
      end := and(add(end, 0x1f), not(0x1f))
    }
  }

  /// @dev Where free memory begins: a multiple of the word, so that `_encodeBytes` can pad positions.
  function _freeMemory() private pure returns (uint256 start) {
    // There is no other way to ask where free memory begins.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      start := and(add(mload(0x40), 0x1f), not(0x1f))
    }
  }

  /// @dev Returns where in calldata the bitmap begins.
  function _requireBitmap(
    CommitteeAttestations calldata _attestations,
    uint256 _size
  ) private pure returns (uint256 position) {
    bytes calldata bitmap = _attestations.signatureIndices;
    uint256 length = (_size + 7) / 8;
    require(length == bitmap.length, Errors.AttestationLib__SignatureIndicesSizeMismatch(length, bitmap.length));
    // The language gives no position in calldata as a number.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      position := bitmap.offset
    }
  }

  function _requireLength(uint256 _expected, uint256 _actual) private pure {
    require(_expected == _actual, Errors.AttestationLib__SignaturesOrAddressesSizeMismatch(_expected, _actual));
  }

  /// @dev Completes the encoding of a committee that has been written, and hashes it.
  function _readCommittee(
    uint256 _committee,
    uint256 _size,
    uint256 _index
  ) private pure returns (bytes32 commitment, address member) {
    // Free memory is completed and hashed, and never allocated.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(_committee, 0x20)
      mstore(add(_committee, 0x20), _size)
      commitment := keccak256(_committee, add(ENCODED_HEAD, shl(5, _size)))
      member := mload(add(add(_committee, ENCODED_HEAD), shl(5, _index)))
    }
  }
}
