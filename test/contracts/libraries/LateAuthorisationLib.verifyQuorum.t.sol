// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {LateAuthorisationLib__Harness} from "../../../contracts/test/unit/LateAuthorisationLib__Harness.sol";

/**
 * verifyQuorum
 * ├── when more than two thirds have signed, the proposer among them: it returns the proposer
 * ├── when one signature fewer: ValidatorSelection__InsufficientAttestations
 * ├── when the proposer has not signed: ValidatorSelection__MissingProposerSignature
 * ├── when bitmap and signers do not count alike: AttestationLib__SignersSizeMismatch
 * ├── when a byte string is a byte too short or too long: AttestationLib__*SizeMismatch
 * ├── when signers or addresses are not the committee: ValidatorSelection__InvalidCommitteeCommitment
 * └── when a signature is not its member's over this digest: ValidatorSelection__InvalidCommitteeCommitment or ECDSA's
 */
contract LateAuthorisationLibVerifyQuorumTest is Test {
  using MessageHashUtils for bytes32;

  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant SLOT = 21;
  uint256 internal constant EPOCH = 5;
  uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

  bytes32 internal constant DIGEST = keccak256("payload");

  LateAuthorisationLib__Harness internal harness;
  uint256 internal size;
  uint256 internal proposerIndex;
  address[] internal committee;
  bytes32 internal commitment;

  function setUp() public {
    setUpCommittee(13);
  }

  function test_verifyQuorum_returnsTheProposer() public {
    uint256[4] memory sizes = [uint256(1), 4, 13, 48];
    uint256[4] memory quorums = [uint256(1), 3, 9, 33];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      bool[] memory hasSigned = quorumOf(quorums[i]);
      (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
      address proposer = harness.verifyQuorum(Slot.wrap(SLOT), attestations, signers, DIGEST);
      assertEq(proposer, committee[proposerIndex], "the member that the slot is assigned to");
    }
  }

  function test_verifyQuorum_acceptsEverybodysSignature() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(size));
    assertEq(verify(attestations, signers), committee[proposerIndex], "no addresses, only signatures");
  }

  function test_verifyQuorum_doesNotCacheTheProposer() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    verify(attestations, signers);
    (address cached, ) = harness.getCachedProposer(Slot.wrap(SLOT));
    assertEq(cached, address(0), "a past slot's proposer stays out of the transient cache");
  }

  function test_verifyQuorum_writesNothing() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    vm.record();
    verify(attestations, signers);
    (, bytes32[] memory writes) = vm.accesses(address(harness));
    assertEq(writes.length, 0, "verifying changes no storage");
  }

  function test_verifyQuorum_revertsOneSignatureBelowTheQuorum() public {
    uint256[3] memory sizes = [uint256(4), 13, 48];
    uint256[3] memory quorums = [uint256(3), 9, 33];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(quorums[i] - 1));
      vm.expectRevert(
        abi.encodeWithSelector(Errors.ValidatorSelection__InsufficientAttestations.selector, quorums[i], quorums[i] - 1)
      );
      harness.verifyQuorum(Slot.wrap(SLOT), attestations, signers, DIGEST);
    }
  }

  function test_verifyQuorum_revertsWithoutAnySignature() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(new bool[](size));
    expectRevertFor(
      attestations,
      signers,
      abi.encodeWithSelector(Errors.ValidatorSelection__InsufficientAttestations.selector, 9, 0)
    );
  }

  function test_verifyQuorum_revertsIfTheProposerHasNotSigned() public {
    bool[] memory hasSigned = quorumOf(size);
    hasSigned[proposerIndex] = false;
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    expectRevertFor(
      attestations,
      signers,
      abi.encodeWithSelector(
        Errors.ValidatorSelection__MissingProposerSignature.selector,
        committee[proposerIndex],
        proposerIndex
      )
    );
  }

  function test_verifyQuorum_asksForTheProposerOfTheHeaderSlot() public {
    // Another slot of the same epoch, assigned to somebody else, who has not signed.
    uint256 other = SLOT;
    uint256 otherIndex = proposerIndex;
    while (otherIndex == proposerIndex) {
      other = other == 23 ? 20 : other + 1;
      otherIndex = harness.getProposerIndex(Epoch.wrap(EPOCH), Slot.wrap(other), size);
    }
    bool[] memory hasSigned = quorumOf(size);
    hasSigned[otherIndex] = false;
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    verify(attestations, signers);
    vm.expectRevert(
      abi.encodeWithSelector(
        Errors.ValidatorSelection__MissingProposerSignature.selector,
        committee[otherIndex],
        otherIndex
      )
    );
    harness.verifyQuorum(Slot.wrap(other), attestations, signers, DIGEST);
  }

  // --- lengths -------------------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsIfTheSignaturesAreAByteTooLong() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    uint256 length = attestations.signaturesOrAddresses.length;
    attestations.signaturesOrAddresses = bytes.concat(attestations.signaturesOrAddresses, bytes1(0));
    expectRevertFor(attestations, signers, packedMismatch(length, length + 1));
  }

  function test_verifyQuorum_revertsIfTheSignaturesAreAByteTooShort() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    uint256 length = attestations.signaturesOrAddresses.length;
    attestations.signaturesOrAddresses = cut(attestations.signaturesOrAddresses, length - 1);
    expectRevertFor(attestations, signers, packedMismatch(length, length - 1));
  }

  function test_verifyQuorum_revertsIfTheBitmapIsAByteTooLong() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    attestations.signatureIndices = bytes.concat(attestations.signatureIndices, bytes1(0));
    expectRevertFor(attestations, signers, bitmapMismatch(2, 3));
  }

  function test_verifyQuorum_revertsIfTheBitmapIsAByteTooShort() public {
    bool[] memory hasSigned = new bool[](size);
    for (uint256 i = 0; i < 8; ++i) {
      hasSigned[i] = true;
    }
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    attestations.signatureIndices = cut(attestations.signatureIndices, 1);
    expectRevertFor(attestations, signers, bitmapMismatch(2, 1));
  }

  function test_verifyQuorum_revertsForEmptyAttestations() public {
    CommitteeAttestations memory attestations;
    expectRevertFor(attestations, new address[](0), bitmapMismatch(2, 0));
  }

  // --- bitmap and signers --------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsIfTheBitmapHasABitMore() public {
    bool[] memory hasSigned = quorumOf(9);
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    attestations.signatureIndices = bitmapOf(quorumOf(10));
    expectRevertFor(attestations, signers, signersMismatch(10, 9));
  }

  function test_verifyQuorum_revertsIfTheBitmapHasABitLess() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(10));
    attestations.signatureIndices = bitmapOf(quorumOf(9));
    expectRevertFor(attestations, signers, signersMismatch(9, 10));
  }

  function test_verifyQuorum_revertsIfABitAndASignerAreAddedWithoutASignature() public {
    (CommitteeAttestations memory attestations, ) = pack(quorumOf(9));
    (, address[] memory signers) = pack(quorumOf(10));
    attestations.signatureIndices = bitmapOf(quorumOf(10));
    uint256 length = attestations.signaturesOrAddresses.length;
    expectRevertFor(attestations, signers, packedMismatch(length + 45, length));
  }

  function test_verifyQuorum_revertsForAPaddingBit() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    // 13 members take two bytes; the last three bits belong to nobody.
    attestations.signatureIndices[1] |= bytes1(uint8(1));
    expectRevertFor(attestations, signers, signersMismatch(10, 9));
  }

  function test_verifyQuorum_revertsForAPaddingBitWithASigner() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    attestations.signatureIndices[1] |= bytes1(uint8(1));
    expectRevertFor(attestations, append(signers, committee[0]), signersMismatch(9, 10));
  }

  function test_verifyQuorum_revertsIfASignerIsMissing() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    assembly {
      mstore(signers, 8)
    }
    expectRevertFor(attestations, signers, signersMismatch(9, 8));
  }

  function test_verifyQuorum_revertsIfASignerIsInExcess() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    expectRevertFor(attestations, append(signers, committee[12]), signersMismatch(9, 10));
  }

  function test_verifyQuorum_revertsIfTheSignersAreInAnotherOrder() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    (signers[0], signers[1]) = (signers[1], signers[0]);
    address[] memory reconstructed = committee;
    (uint256 first, uint256 second) = firstTwo(quorumOf(9));
    (reconstructed[first], reconstructed[second]) = (reconstructed[second], reconstructed[first]);
    expectRevertFor(attestations, signers, wrongCommittee(reconstructed));
  }

  function test_verifyQuorum_revertsForAnAddressOutsideTheCommittee() public {
    bool[] memory hasSigned = quorumOf(12);
    uint256 absent;
    while (hasSigned[absent]) ++absent;
    committee[absent] = makeAddr("stranger");
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    expectRevertFor(attestations, signers, wrongCommittee(committee));
  }

  function test_verifyQuorum_revertsForTheCommitteeOfAnotherEpoch() public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    bytes32 current = keccak256("the committee of the clock's epoch");
    harness.setCommitment(Epoch.wrap(EPOCH + 1), current);
    verify(attestations, signers);
    vm.expectRevert(
      abi.encodeWithSelector(Errors.ValidatorSelection__InvalidCommitteeCommitment.selector, commitment, current)
    );
    harness.verifyQuorum(Slot.wrap(SLOT + 4), attestations, signers, DIGEST);
  }

  // --- signatures ----------------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsForAnotherDigest() public {
    bool[] memory hasSigned = quorumOf(9);
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    bytes32 other = keccak256("another payload");
    address[] memory recovered = recoverAll(attestations, hasSigned, other);
    vm.expectRevert(wrongCommittee(recovered));
    harness.verifyQuorum(Slot.wrap(SLOT), attestations, signers, other);
  }

  function test_verifyQuorum_revertsForASignatureOfSomebodyElse() public {
    bool[] memory hasSigned = quorumOf(9);
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    uint256 offset = offsetOf(hasSigned, first);
    replace(attestations.signaturesOrAddresses, offset, sign(99));
    address[] memory reconstructed = committee;
    reconstructed[first] = vm.addr(100);
    expectRevertFor(attestations, signers, wrongCommittee(reconstructed));
  }

  function test_verifyQuorum_revertsForASignatureThatRecoversToNobody() public {
    bool[] memory hasSigned = quorumOf(9);
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    replace(attestations.signaturesOrAddresses, offsetOf(hasSigned, first), new bytes(65));
    expectRevertFor(attestations, signers, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
  }

  function test_verifyQuorum_revertsForTheMirroredSignature() public {
    bool[] memory hasSigned = quorumOf(9);
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(first + 1, DIGEST.toEthSignedMessageHash());
    bytes32 highS = bytes32(CURVE_ORDER - uint256(s));
    uint8 mirroredV = v == 27 ? 28 : 27;
    assertEq(ecrecover(DIGEST.toEthSignedMessageHash(), mirroredV, r, highS), committee[first], "it does recover");
    replace(attestations.signaturesOrAddresses, offsetOf(hasSigned, first), abi.encodePacked(mirroredV, r, highS));
    expectRevertFor(attestations, signers, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
  }

  // --- fuzz ----------------------------------------------------------------------------------------------------------

  /// @dev Any subset of the committee: accepted exactly if it is a quorum and has the proposer in it.
  function testFuzz_verifyQuorum_acceptsQuorumsWithTheProposerOnly(uint256 _members, uint256 _size) public {
    setUpCommittee(bound(_size, 1, 16));
    bool[] memory hasSigned = new bool[](size);
    uint256 count;
    for (uint256 i = 0; i < size; ++i) {
      // Three in four sign, so that both outcomes are common.
      hasSigned[i] = (_members >> (2 * i)) & 3 != 0;
      if (hasSigned[i]) ++count;
    }
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(hasSigned);
    bool isExpected = 3 * count > 2 * size && hasSigned[proposerIndex];
    bool isAccepted;
    try harness.verifyQuorum(Slot.wrap(SLOT), attestations, signers, DIGEST) returns (address proposer) {
      isAccepted = true;
      assertEq(proposer, committee[proposerIndex], "the proposer of the slot");
    } catch {}
    assertEq(isAccepted, isExpected, "more than two thirds, the proposer among them");
  }

  /// @dev One flipped bit anywhere in what was signed or packed is never accepted.
  function testFuzz_verifyQuorum_rejectsAnyFlippedBit(uint256 _position, bool _isInBitmap) public {
    (CommitteeAttestations memory attestations, address[] memory signers) = pack(quorumOf(9));
    bytes memory target = _isInBitmap ? attestations.signatureIndices : attestations.signaturesOrAddresses;
    uint256 position = bound(_position, 0, target.length * 8 - 1);
    target[position / 8] ^= bytes1(uint8(1 << (position % 8)));
    bool isAccepted;
    try harness.verifyQuorum(Slot.wrap(SLOT), attestations, signers, DIGEST) {
      isAccepted = true;
    } catch {}
    assertFalse(isAccepted, "a changed bit has to be noticed");
  }

  // --- helpers -------------------------------------------------------------------------------------------------------

  function setUpCommittee(uint256 _size) internal {
    size = _size;
    delete committee;
    for (uint256 i = 0; i < _size; ++i) {
      committee.push(vm.addr(i + 1));
    }
    commitment = keccak256(abi.encode(committee));
    vm.warp(GENESIS);
    vm.prevrandao(keccak256("genesis"));
    harness = new LateAuthorisationLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    harness.initializeSelection(_size, 1, 1);
    harness.setCommitment(Epoch.wrap(EPOCH), commitment);
    vm.warp(GENESIS + (SLOT + 1) * 36);
    proposerIndex = harness.getProposerIndex(Epoch.wrap(EPOCH), Slot.wrap(SLOT), _size);
  }

  function verify(CommitteeAttestations memory _attestations, address[] memory _signers) internal returns (address) {
    return harness.verifyQuorum(Slot.wrap(SLOT), _attestations, _signers, DIGEST);
  }

  function expectRevertFor(
    CommitteeAttestations memory _attestations,
    address[] memory _signers,
    bytes memory _reason
  ) internal {
    vm.expectRevert(_reason);
    verify(_attestations, _signers);
  }

  /// @dev `_count` members sign, the proposer first, then from the front.
  function quorumOf(uint256 _count) internal view returns (bool[] memory hasSigned) {
    hasSigned = new bool[](size);
    if (_count == 0) return hasSigned;
    hasSigned[proposerIndex] = true;
    uint256 count = 1;
    for (uint256 i = 0; i < size && count < _count; ++i) {
      if (hasSigned[i]) continue;
      hasSigned[i] = true;
      ++count;
    }
  }

  function pack(
    bool[] memory _hasSigned
  ) internal view returns (CommitteeAttestations memory attestations, address[] memory signers) {
    attestations.signatureIndices = bitmapOf(_hasSigned);
    for (uint256 i = 0; i < size; ++i) {
      if (_hasSigned[i]) {
        signers = append(signers, committee[i]);
        attestations.signaturesOrAddresses = bytes.concat(attestations.signaturesOrAddresses, sign(i));
      } else {
        attestations.signaturesOrAddresses = bytes.concat(attestations.signaturesOrAddresses, bytes20(committee[i]));
      }
    }
  }

  function sign(uint256 _member) internal pure returns (bytes memory) {
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(_member + 1, DIGEST.toEthSignedMessageHash());
    return abi.encodePacked(v, r, s);
  }

  function bitmapOf(bool[] memory _hasSigned) internal view returns (bytes memory bitmap) {
    bitmap = new bytes((size + 7) / 8);
    for (uint256 i = 0; i < size; ++i) {
      if (_hasSigned[i]) bitmap[i / 8] |= bytes1(uint8(128 >> (i % 8)));
    }
  }

  /// @dev What the signatures recover to over a digest, with the addresses in between.
  function recoverAll(
    CommitteeAttestations memory _attestations,
    bool[] memory _hasSigned,
    bytes32 _digest
  ) internal view returns (address[] memory recovered) {
    recovered = committee;
    for (uint256 i = 0; i < size; ++i) {
      if (!_hasSigned[i]) continue;
      uint256 offset = offsetOf(_hasSigned, i);
      bytes memory packed = _attestations.signaturesOrAddresses;
      uint8 v;
      bytes32 r;
      bytes32 s;
      assembly {
        let data := add(add(packed, 0x20), offset)
        v := byte(0, mload(data))
        r := mload(add(data, 1))
        s := mload(add(data, 33))
      }
      recovered[i] = ecrecover(_digest.toEthSignedMessageHash(), v, r, s);
    }
  }

  function offsetOf(bool[] memory _hasSigned, uint256 _member) internal pure returns (uint256 offset) {
    for (uint256 i = 0; i < _member; ++i) {
      offset += _hasSigned[i] ? 65 : 20;
    }
  }

  function firstTwo(bool[] memory _hasSigned) internal pure returns (uint256 first, uint256 second) {
    while (!_hasSigned[first]) ++first;
    second = first + 1;
    while (!_hasSigned[second]) ++second;
  }

  function append(address[] memory _list, address _last) internal pure returns (address[] memory longer) {
    longer = new address[](_list.length + 1);
    for (uint256 i = 0; i < _list.length; ++i) {
      longer[i] = _list[i];
    }
    longer[_list.length] = _last;
  }

  function cut(bytes memory _data, uint256 _length) internal pure returns (bytes memory shorter) {
    shorter = new bytes(_length);
    for (uint256 i = 0; i < _length; ++i) {
      shorter[i] = _data[i];
    }
  }

  function replace(bytes memory _data, uint256 _offset, bytes memory _part) internal pure {
    for (uint256 i = 0; i < _part.length; ++i) {
      _data[_offset + i] = _part[i];
    }
  }

  function wrongCommittee(address[] memory _reconstructed) internal view returns (bytes memory) {
    return
      abi.encodeWithSelector(
        Errors.ValidatorSelection__InvalidCommitteeCommitment.selector,
        keccak256(abi.encode(_reconstructed)),
        commitment
      );
  }

  function signersMismatch(uint256 _expected, uint256 _actual) internal pure returns (bytes memory) {
    return abi.encodeWithSelector(Errors.AttestationLib__SignersSizeMismatch.selector, _expected, _actual);
  }

  function bitmapMismatch(uint256 _expected, uint256 _actual) internal pure returns (bytes memory) {
    return abi.encodeWithSelector(Errors.AttestationLib__SignatureIndicesSizeMismatch.selector, _expected, _actual);
  }

  function packedMismatch(uint256 _expected, uint256 _actual) internal pure returns (bytes memory) {
    return
      abi.encodeWithSelector(Errors.AttestationLib__SignaturesOrAddressesSizeMismatch.selector, _expected, _actual);
  }
}
