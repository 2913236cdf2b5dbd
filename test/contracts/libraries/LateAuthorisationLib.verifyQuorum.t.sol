// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {Signature, SignatureLib__InvalidSignature} from "@aztec/shared/libraries/SignatureLib.sol";
import {ILateSubmission} from "../../../contracts/interfaces/ILateSubmission.sol";
import {LateAuthorisationLib__Harness} from "../../../contracts/test/unit/LateAuthorisationLib__Harness.sol";

/**
 * verifyQuorum
 * ├── when more than two thirds have signed, the proposer among them: it returns the proposer
 * ├── when one signature fewer: ValidatorSelection__InsufficientAttestations
 * ├── when the proposer has not signed, neither attestation nor proposal: ValidatorSelection__MissingProposerSignature
 * ├── when it has signed the proposal only: it returns the proposer
 * ├── when the proposal's signature is not the proposer's over this proposal: SignatureLib__InvalidSignature or ECDSA's
 * ├── when the bitmap has a bit past the committee: LateSubmission__BitPastCommittee
 * ├── when bitmap and data do not go together: it reverts
 * ├── when a byte string is a byte too short or too long: AttestationLib__*SizeMismatch
 * ├── when an address is not its member's: ValidatorSelection__InvalidCommitteeCommitment
 * └── when a signature is not its member's over this digest: ValidatorSelection__InvalidCommitteeCommitment or ECDSA's
 */
contract LateAuthorisationLibVerifyQuorumTest is Test {
  using MessageHashUtils for bytes32;

  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant SLOT = 21;
  uint256 internal constant EPOCH = 5;
  uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

  bytes32 internal constant DIGEST = keccak256("payload");
  bytes32 internal constant PROPOSAL = keccak256("proposal");

  LateAuthorisationLib__Harness internal harness;
  uint256 internal size;
  uint256 internal proposerIndex;
  address[] internal committee;
  bytes32 internal commitment;

  function setUp() public {
    setUpCommittee(13);
  }

  function test_verifyQuorum_returnsTheProposer() public {
    uint256[6] memory sizes = [uint256(1), 4, 13, 48, 256, 300];
    uint256[6] memory quorums = [uint256(1), 3, 9, 33, 171, 201];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      bool[] memory hasSigned = quorumOf(quorums[i]);
      address proposer = verify(pack(hasSigned));
      assertEq(proposer, committee[proposerIndex], "the member that the slot is assigned to");
    }
  }

  function test_verifyQuorum_acceptsEverybodysSignature() public {
    CommitteeAttestations memory attestations = pack(quorumOf(size));
    assertEq(verify(attestations), committee[proposerIndex], "no addresses, only signatures");
  }

  function test_verifyQuorum_doesNotCacheTheProposer() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    verify(attestations);
    (address cached, ) = harness.getCachedProposer(Slot.wrap(SLOT));
    assertEq(cached, address(0), "a past slot's proposer stays out of the transient cache");
  }

  function test_verifyQuorum_writesNothing() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    vm.record();
    verify(attestations);
    (, bytes32[] memory writes) = vm.accesses(address(harness));
    assertEq(writes.length, 0, "verifying changes no storage");
  }

  function test_verifyQuorum_revertsOneSignatureBelowTheQuorum() public {
    uint256[3] memory sizes = [uint256(4), 13, 48];
    uint256[3] memory quorums = [uint256(3), 9, 33];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      CommitteeAttestations memory attestations = pack(quorumOf(quorums[i] - 1));
      vm.expectRevert(
        abi.encodeWithSelector(Errors.ValidatorSelection__InsufficientAttestations.selector, quorums[i], quorums[i] - 1)
      );
      verify(attestations);
    }
  }

  function test_verifyQuorum_revertsWithoutAnySignature() public {
    CommitteeAttestations memory attestations = pack(new bool[](size));
    expectRevertFor(
      attestations,
      abi.encodeWithSelector(Errors.ValidatorSelection__InsufficientAttestations.selector, 9, 0)
    );
  }

  function test_verifyQuorum_revertsIfTheProposerHasNotSigned() public {
    bool[] memory hasSigned = quorumOf(size);
    hasSigned[proposerIndex] = false;
    CommitteeAttestations memory attestations = pack(hasSigned);
    expectRevertFor(
      attestations,
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
    CommitteeAttestations memory attestations = pack(hasSigned);
    verify(attestations);
    vm.expectRevert(
      abi.encodeWithSelector(
        Errors.ValidatorSelection__MissingProposerSignature.selector,
        committee[otherIndex],
        otherIndex
      )
    );
    verifyAt(other, attestations, DIGEST);
  }

  // --- lengths -------------------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsIfTheSignaturesAreAByteTooLong() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    uint256 length = attestations.signaturesOrAddresses.length;
    attestations.signaturesOrAddresses = bytes.concat(attestations.signaturesOrAddresses, bytes1(0));
    expectRevertFor(attestations, packedMismatch(length, length + 1));
  }

  function test_verifyQuorum_revertsIfTheSignaturesAreAByteTooShort() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    uint256 length = attestations.signaturesOrAddresses.length;
    attestations.signaturesOrAddresses = cut(attestations.signaturesOrAddresses, length - 1);
    // There is room for eight signatures only.
    expectRevertFor(attestations, packedMismatch(length - 45, length - 1));
  }

  function test_verifyQuorum_revertsIfTheBitmapIsAByteTooLong() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    attestations.signatureIndices = bytes.concat(attestations.signatureIndices, bytes1(0));
    expectRevertFor(attestations, bitmapMismatch(2, 3));
  }

  function test_verifyQuorum_revertsIfTheBitmapIsAByteTooShort() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    attestations.signatureIndices = cut(attestations.signatureIndices, 1);
    expectRevertFor(attestations, bitmapMismatch(2, 1));
  }

  function test_verifyQuorum_revertsForEmptyAttestations() public {
    CommitteeAttestations memory attestations;
    expectRevertFor(attestations, packedMismatch(13 * 20, 0));
  }

  // --- bitmap --------------------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsIfTheBitmapHasABitMore() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    attestations.signatureIndices = bitmapOf(quorumOf(10));
    assertFalse(isAccepted(attestations), "what follows the bit is read at the wrong place");
  }

  function test_verifyQuorum_revertsIfTheBitmapHasABitLess() public {
    CommitteeAttestations memory attestations = pack(quorumOf(10));
    attestations.signatureIndices = bitmapOf(quorumOf(9));
    assertFalse(isAccepted(attestations), "what follows the bit is read at the wrong place");
  }

  function test_verifyQuorum_revertsIfTheBitmapAsksForLessThanThereIs() public {
    // The last member has signed. Its bit is gone, and an address that nobody asks for makes the length a possible one.
    bool[] memory hasSigned = quorumOf(13);
    CommitteeAttestations memory attestations = pack(hasSigned);
    hasSigned[12] = false;
    uint256 length = attestations.signaturesOrAddresses.length;
    attestations.signatureIndices = bitmapOf(hasSigned);
    attestations.signaturesOrAddresses = bytes.concat(
      cut(attestations.signaturesOrAddresses, length - 65),
      bytes20(committee[12]),
      new bytes(45)
    );
    expectRevertFor(attestations, packedMismatch(length - 45, length));
  }

  function test_verifyQuorum_revertsForABitPastTheCommittee() public {
    uint256[4] memory sizes = [uint256(1), 13, 15, 41];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      uint256 last = (size - 1) / 8;
      for (uint256 bit = 0; bit < 8 * (last + 1) - size; ++bit) {
        CommitteeAttestations memory attestations = pack(quorumOf(size));
        attestations.signatureIndices[last] |= bytes1(uint8(1 << bit));
        expectRevertFor(
          attestations,
          abi.encodeWithSelector(ILateSubmission.LateSubmission__BitPastCommittee.selector, size)
        );
      }
    }
  }

  function test_verifyQuorum_revertsForAnAddressOutsideTheCommittee() public {
    bool[] memory hasSigned = quorumOf(12);
    uint256 absent;
    while (hasSigned[absent]) ++absent;
    committee[absent] = makeAddr("stranger");
    CommitteeAttestations memory attestations = pack(hasSigned);
    expectRevertFor(attestations, wrongCommittee(committee));
  }

  function test_verifyQuorum_revertsForTheCommitteeOfAnotherEpoch() public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    bytes32 current = keccak256("the committee of the clock's epoch");
    harness.setCommitment(Epoch.wrap(EPOCH + 1), current);
    verify(attestations);
    vm.expectRevert(
      abi.encodeWithSelector(Errors.ValidatorSelection__InvalidCommitteeCommitment.selector, commitment, current)
    );
    verifyAt(SLOT + 4, attestations, DIGEST);
  }

  // --- signatures ----------------------------------------------------------------------------------------------------

  function test_verifyQuorum_revertsForAnotherDigest() public {
    bool[] memory hasSigned = quorumOf(9);
    CommitteeAttestations memory attestations = pack(hasSigned);
    bytes32 other = keccak256("another payload");
    address[] memory recovered = recoverAll(attestations, hasSigned, other);
    vm.expectRevert(wrongCommittee(recovered));
    verifyAt(SLOT, attestations, other);
  }

  function test_verifyQuorum_revertsForASignatureOfSomebodyElse() public {
    bool[] memory hasSigned = quorumOf(9);
    CommitteeAttestations memory attestations = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    uint256 offset = offsetOf(hasSigned, first);
    replace(attestations.signaturesOrAddresses, offset, sign(99));
    address[] memory reconstructed = committee;
    reconstructed[first] = vm.addr(100);
    expectRevertFor(attestations, wrongCommittee(reconstructed));
  }

  function test_verifyQuorum_revertsForASignatureThatRecoversToNobody() public {
    bool[] memory hasSigned = quorumOf(9);
    CommitteeAttestations memory attestations = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    replace(attestations.signaturesOrAddresses, offsetOf(hasSigned, first), new bytes(65));
    expectRevertFor(attestations, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
  }

  function test_verifyQuorum_revertsForTheMirroredSignature() public {
    bool[] memory hasSigned = quorumOf(9);
    CommitteeAttestations memory attestations = pack(hasSigned);
    (uint256 first, ) = firstTwo(hasSigned);
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(first + 1, DIGEST.toEthSignedMessageHash());
    bytes32 highS = bytes32(CURVE_ORDER - uint256(s));
    uint8 mirroredV = v == 27 ? 28 : 27;
    assertEq(ecrecover(DIGEST.toEthSignedMessageHash(), mirroredV, r, highS), committee[first], "it does recover");
    replace(attestations.signaturesOrAddresses, offsetOf(hasSigned, first), abi.encodePacked(mirroredV, r, highS));
    expectRevertFor(attestations, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
  }

  function test_verifyQuorum_revertsForOneForgeryWhereEverybodyIsNamed() public {
    // Nobody is named by address, so that the signatures alone say who the committee is.
    for (uint256 i = 0; i < size; ++i) {
      CommitteeAttestations memory attestations = pack(quorumOf(size));
      replace(attestations.signaturesOrAddresses, i * 65, sign(99));
      address[] memory reconstructed = committee;
      reconstructed[i] = vm.addr(100);
      expectRevertFor(attestations, wrongCommittee(reconstructed));
    }
  }

  function test_verifyQuorum_revertsForASignatureInAnothersPlace() public {
    CommitteeAttestations memory attestations = pack(quorumOf(size));
    replace(attestations.signaturesOrAddresses, 0, sign(1));
    address[] memory reconstructed = committee;
    reconstructed[0] = committee[1];
    expectRevertFor(attestations, wrongCommittee(reconstructed));
  }

  // --- the proposer's other signature --------------------------------------------------------------------------------

  function test_authorise_takesTheProposalInPlaceOfTheAttestation() public {
    CommitteeAttestations memory attestations = pack(everybodyBut(proposerIndex));
    address proposer = harness.authorise(
      Slot.wrap(SLOT),
      attestations,
      DIGEST,
      PROPOSAL,
      signProposal(proposerIndex, PROPOSAL)
    );
    assertEq(proposer, committee[proposerIndex], "the proposer is the proposer all the same");
  }

  function test_authorise_doesNotReadTheProposalIfTheProposerHasAttested() public {
    Signature memory junk = Signature({v: 99, r: bytes32(uint256(1)), s: bytes32(type(uint256).max)});
    harness.authorise(Slot.wrap(SLOT), pack(quorumOf(9)), DIGEST, PROPOSAL, junk);
  }

  function test_authorise_countsTheQuorumWithoutTheProposal() public {
    bool[] memory hasSigned = quorumOf(9);
    hasSigned[proposerIndex] = false;
    expectRevertWithProposal(
      hasSigned,
      signProposal(proposerIndex, PROPOSAL),
      abi.encodeWithSelector(Errors.ValidatorSelection__InsufficientAttestations.selector, 9, 8)
    );
  }

  function test_authorise_revertsForAnEmptyProposalSignature() public {
    expectRevertWithProposal(
      everybodyBut(proposerIndex),
      Signature({v: 0, r: bytes32(uint256(1)), s: bytes32(uint256(1))}),
      abi.encodeWithSelector(
        Errors.ValidatorSelection__MissingProposerSignature.selector,
        committee[proposerIndex],
        proposerIndex
      )
    );
  }

  function test_authorise_revertsForAProposalOfAnybodyElse() public {
    uint256 other = (proposerIndex + 1) % size;
    expectRevertWithProposal(
      everybodyBut(proposerIndex),
      signProposal(other, PROPOSAL),
      abi.encodeWithSelector(SignatureLib__InvalidSignature.selector, committee[proposerIndex], committee[other])
    );
  }

  function test_authorise_revertsForAnotherProposalOfTheProposer() public {
    // Its attestation, sent where its proposal belongs, is one as well: the digests differ.
    bytes32[2] memory others = [keccak256("another proposal"), DIGEST];
    for (uint256 i = 0; i < others.length; ++i) {
      Signature memory signature = signProposal(proposerIndex, others[i]);
      address recovered = ecrecover(PROPOSAL.toEthSignedMessageHash(), signature.v, signature.r, signature.s);
      expectRevertWithProposal(
        everybodyBut(proposerIndex),
        signature,
        abi.encodeWithSelector(SignatureLib__InvalidSignature.selector, committee[proposerIndex], recovered)
      );
    }
  }

  function test_authorise_revertsForAMirroredProposalSignature() public {
    Signature memory signature = signProposal(proposerIndex, PROPOSAL);
    signature.s = bytes32(CURVE_ORDER - uint256(signature.s));
    signature.v = signature.v == 27 ? 28 : 27;
    expectRevertWithProposal(
      everybodyBut(proposerIndex),
      signature,
      abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, signature.s)
    );
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
    CommitteeAttestations memory attestations = pack(hasSigned);
    bool isExpected = 3 * count > 2 * size && hasSigned[proposerIndex];
    assertEq(isAccepted(attestations), isExpected, "more than two thirds, the proposer among them");
    if (isExpected) assertEq(verify(attestations), committee[proposerIndex], "the proposer of the slot");
  }

  /// @dev One flipped bit anywhere in what was signed or packed is never accepted.
  function testFuzz_verifyQuorum_rejectsAnyFlippedBit(uint256 _position, bool _isInBitmap) public {
    CommitteeAttestations memory attestations = pack(quorumOf(9));
    bytes memory target = _isInBitmap ? attestations.signatureIndices : attestations.signaturesOrAddresses;
    uint256 position = bound(_position, 0, target.length * 8 - 1);
    target[position / 8] ^= bytes1(uint8(1 << (position % 8)));
    assertFalse(isAccepted(attestations), "a changed bit has to be noticed");
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

  function verify(CommitteeAttestations memory _attestations) internal returns (address) {
    return verifyAt(SLOT, _attestations, DIGEST);
  }

  /// @dev Without a signature over the proposal.
  function verifyAt(
    uint256 _slot,
    CommitteeAttestations memory _attestations,
    bytes32 _digest
  ) internal returns (address) {
    Signature memory none;
    return harness.authorise(Slot.wrap(_slot), _attestations, _digest, bytes32(0), none);
  }

  function everybodyBut(uint256 _member) internal view returns (bool[] memory hasSigned) {
    hasSigned = quorumOf(size);
    hasSigned[_member] = false;
  }

  function signProposal(uint256 _member, bytes32 _digest) internal pure returns (Signature memory) {
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(_member + 1, _digest.toEthSignedMessageHash());
    return Signature({v: v, r: r, s: s});
  }

  function expectRevertWithProposal(
    bool[] memory _hasSigned,
    Signature memory _signature,
    bytes memory _reason
  ) internal {
    CommitteeAttestations memory attestations = pack(_hasSigned);
    vm.expectRevert(_reason);
    harness.authorise(Slot.wrap(SLOT), attestations, DIGEST, PROPOSAL, _signature);
  }

  function isAccepted(CommitteeAttestations memory _attestations) internal returns (bool) {
    Signature memory none;
    try harness.authorise(Slot.wrap(SLOT), _attestations, DIGEST, bytes32(0), none) {
      return true;
    } catch {
      return false;
    }
  }

  function expectRevertFor(CommitteeAttestations memory _attestations, bytes memory _reason) internal {
    Signature memory none;
    vm.expectRevert(_reason);
    harness.authorise(Slot.wrap(SLOT), _attestations, DIGEST, bytes32(0), none);
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

  function pack(bool[] memory _hasSigned) internal view returns (CommitteeAttestations memory attestations) {
    attestations.signatureIndices = bitmapOf(_hasSigned);
    for (uint256 i = 0; i < size; ++i) {
      if (_hasSigned[i]) {
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

  function bitmapMismatch(uint256 _expected, uint256 _actual) internal pure returns (bytes memory) {
    return abi.encodeWithSelector(Errors.AttestationLib__SignatureIndicesSizeMismatch.selector, _expected, _actual);
  }

  function packedMismatch(uint256 _expected, uint256 _actual) internal pure returns (bytes memory) {
    return
      abi.encodeWithSelector(Errors.AttestationLib__SignaturesOrAddressesSizeMismatch.selector, _expected, _actual);
  }
}
