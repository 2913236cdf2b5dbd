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

  /// @dev The largest s that OpenZeppelin accepts, half the order of secp256k1.
  uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

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
    (commitment, member, signature, count) = _walkSigners(bitmap, data, count, _size, _index);

    if (count > _signers.length) Panic.panic(Panic.ARRAY_OUT_OF_BOUNDS);
    _requireLength(packed, _size, count);
    require(count == _signers.length, Errors.AttestationLib__SignersSizeMismatch(count, _signers.length));
  }

  /**
   * @notice The committee as the signatures themselves name it: each is recovered, none is believed.
   * @dev Validations performed, in this order:
   *      - the bitmap has the length of the committee: Errors.AttestationLib__SignatureIndicesSizeMismatch
   *      - there are enough signatures: Errors.ValidatorSelection__InsufficientAttestations
   *      - the data has the length that the bitmap asks for: Errors.AttestationLib__SignaturesOrAddressesSizeMismatch
   *      - each signature is one, and in its canonical form: ECDSA.ECDSAInvalidSignature, ECDSA.ECDSAInvalidSignatureS
   *
   *      A bit past the committee asks for data that no member has, and so fails the comparison of lengths, before the
   *      walk or after it.
   * @param _attestations The packed attestations
   * @param _digest What was signed
   * @param _size The size of the committee
   * @param _quorum How many signatures there have to be
   * @param _index The member to remember, less than `_size`
   * @return commitment keccak256(abi.encode(address[])) of the committee
   * @return member The member at `_index`
   * @return hasSigned Whether that member's signature is among the attestations
   */
  function recoverCommittee(
    CommitteeAttestations calldata _attestations,
    bytes32 _digest,
    uint256 _size,
    uint256 _quorum,
    uint256 _index
  ) internal view returns (bytes32 commitment, address member, bool hasSigned) {
    uint256 bitmap = _requireBitmap(_attestations, _size);
    uint256 count = _countSignatures(_attestations.signatureIndices);
    require(count >= _quorum, Errors.ValidatorSelection__InsufficientAttestations(_quorum, count));
    bytes calldata packed = _attestations.signaturesOrAddresses;
    _requireLength(packed, _size, count);

    uint256 data;
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      data := packed.offset
      hasSigned := byte(0, shl(and(_index, 7), calldataload(add(bitmap, shr(3, _index)))))
      hasSigned := shr(7, hasSigned)
    }
    uint256 end;
    (commitment, member, end) = _walkSignatures(bitmap, data, _digest, _size, _index);
    // OpenZeppelin says what is wrong with the signature at which the walk has stopped.
    if (commitment == bytes32(0)) recoverAt(end, _digest);
    require(
      end - data == packed.length,
      Errors.AttestationLib__SignaturesOrAddressesSizeMismatch(end - data, packed.length)
    );
  }

  /**
   * @notice What upstream stores of the attestations: keccak256(abi.encode(_attestations)).
   * @param _attestations The packed attestations
   */
  function hash(CommitteeAttestations calldata _attestations) internal pure returns (bytes32 digest) {
    uint256 start = _freeMemory();
    uint256 end = _encode(_attestations, start + 0x20);
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
   */
  function hashWithSigners(
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers
  ) internal pure returns (bytes32 digest) {
    uint256 domain = uint256(SignatureDomainSeparator.attestationsAndSigners);
    uint256 start = _freeMemory();
    uint256 end = _encode(_attestations, start + 0x60);
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
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      v := byte(0, calldataload(_position))
      r := calldataload(add(_position, 1))
      s := calldataload(add(_position, 33))
    }
    return ECDSA.recover(_digest, v, r, s);
  }

  /// @dev Writes the committee as its addresses and the signers name it. Positions are in calldata.
  function _walkSigners(
    uint256 _bitmap,
    uint256 _data,
    uint256 _signers,
    uint256 _size,
    uint256 _index
  ) private pure returns (bytes32 commitment, address member, uint256 signature, uint256 count) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      let committee := mload(0x40)
      mstore(committee, 0x20)
      mstore(add(committee, 0x20), _size)
      count := _signers
      let target := add(committee, 0x40)
      for {
        let i := 0
      } lt(i, _size) {
        i := add(i, 1)
      } {
        switch shr(255, shl(and(i, 7), calldataload(add(_bitmap, shr(3, i)))))
        case 0 {
          mstore(target, shr(96, calldataload(_data)))
          _data := add(_data, ADDRESS_LENGTH)
        }
        default {
          if eq(i, _index) {
            signature := _data
          }
          mstore(target, calldataload(count))
          count := add(count, 0x20)
          _data := add(_data, SIGNATURE_LENGTH)
        }
        target := add(target, 0x20)
      }
      commitment := keccak256(committee, sub(target, committee))
      member := mload(add(add(committee, 0x40), shl(5, _index)))
      count := shr(5, sub(count, _signers))
    }
  }

  /**
   * @dev Writes the committee as its addresses and the signatures name it. Positions are in calldata. Stops at the first
   *      signature that is none, with no commitment; `end` is where it has stopped.
   */
  function _walkSignatures(
    uint256 _bitmap,
    uint256 _data,
    bytes32 _digest,
    uint256 _size,
    uint256 _index
  ) private view returns (bytes32 commitment, address member, uint256 end) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      // The input of the precompile: digest, v, r and s, a word each. A packed signature fills the last three at once.
      let message := mload(0x40)
      mstore(message, _digest)
      mstore(add(message, 0x20), 0)
      let committee := add(message, 0x80)
      mstore(committee, 0x20)
      mstore(add(committee, 0x20), _size)
      let target := add(committee, 0x40)
      let i := 0
      for {

      } lt(i, _size) {
        i := add(i, 1)
      } {
        switch shr(255, shl(and(i, 7), calldataload(add(_bitmap, shr(3, i)))))
        case 0 {
          mstore(target, shr(96, calldataload(_data)))
          _data := add(_data, ADDRESS_LENGTH)
        }
        default {
          calldatacopy(add(message, 0x3f), _data, SIGNATURE_LENGTH)
          if gt(mload(add(message, 0x60)), MAX_S) {
            break
          }
          // Nothing comes back for what is no signature.
          pop(staticcall(gas(), 1, message, 0x80, target, 0x20))
          if iszero(returndatasize()) {
            break
          }
          _data := add(_data, SIGNATURE_LENGTH)
        }
        target := add(target, 0x20)
      }
      end := _data
      if eq(i, _size) {
        commitment := keccak256(committee, sub(target, committee))
      }
      member := mload(add(add(committee, 0x40), shl(5, _index)))
    }
  }

  /// @dev Writes the attestations as `abi.encode` does, without the offset before them. Returns where they end.
  function _encode(CommitteeAttestations calldata _attestations, uint256 _start) private pure returns (uint256 end) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(_start, 0x40)
    }
    end = _encodeBytes(_attestations.signatureIndices, _start + 0x40);
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      mstore(add(_start, 0x20), sub(end, _start))
    }
    end = _encodeBytes(_attestations.signaturesOrAddresses, end);
  }

  /// @dev Writes length, bytes and padding. Returns where they end.
  function _encodeBytes(bytes calldata _data, uint256 _start) private pure returns (uint256 end) {
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
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      position := bitmap.offset
    }
  }

  function _requireLength(bytes calldata _packed, uint256 _size, uint256 _count) private pure {
    uint256 length = _size * ADDRESS_LENGTH + _count * SIGNATURE_SURPLUS;
    require(
      length == _packed.length,
      Errors.AttestationLib__SignaturesOrAddressesSizeMismatch(length, _packed.length)
    );
  }

  /// @dev Counts the set bits, those past the committee too.
  function _countSignatures(bytes calldata _bitmap) private pure returns (uint256 count) {
    unchecked {
      for (uint256 i = 0; i < _bitmap.length; i += 32) {
        // A slice that is shorter than a word is padded with zeros.
        for (uint256 bits = uint256(bytes32(_bitmap[i:])); bits != 0; bits &= bits - 1) {
          ++count;
        }
      }
    }
  }
}
