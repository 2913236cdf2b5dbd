// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ProposeArgs} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {Epoch, Slot, Timestamp} from "@aztec/shared/libraries/TimeMath.sol";
import {Signature} from "@aztec/shared/libraries/SignatureLib.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {ProposerLib__Harness} from "../../../contracts/test/unit/ProposerLib__Harness.sol";

/**
 * The on-time rule, beside upstream's own code on the same state: the same answer, the same cache, the same error, to
 * the byte, for whatever one may send.
 */
contract ProposerLibTest is Test {
  using MessageHashUtils for bytes32;

  uint256 internal constant GENESIS = 1_000_000;
  uint256 internal constant SLOT = 21;
  uint256 internal constant EPOCH = 5;
  uint256 internal constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
  bytes32 internal constant DIGEST = keccak256("payload");

  /// @dev What somebody sends.
  struct Form {
    CommitteeAttestations attestations;
    address[] signers;
    Signature signature;
  }

  ProposerLib__Harness internal harness;
  uint256 internal size;
  uint256 internal proposerIndex;
  address[] internal committee;

  function setUp() public {
    setUpCommittee(13);
  }

  function test_verifyProposer_takesWhatUpstreamTakes() public {
    uint256[7] memory sizes = [uint256(1), 7, 8, 48, 256, 257, 300];
    for (uint256 i = 0; i < sizes.length; ++i) {
      setUpCommittee(sizes[i]);
      Form memory form = pack(0x5555_5555_5555_5555);
      assertTrue(compare(form), "a well-formed proposal");
      (address proposer, uint256 index) = call(form);
      assertEq(proposer, committee[proposerIndex], "cached proposer");
      assertEq(index, proposerIndex, "cached index");
    }
  }

  function test_verifyProposer_asksNobodyWithoutCommittees() public {
    harness = new ProposerLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    harness.initializeSelection(0, 1, 1);
    harness.setCommitment(Epoch.wrap(EPOCH), keccak256(abi.encode(new address[](0))));
    Form memory form;
    assertTrue(compare(form), "anything goes");
    (address proposer, ) = call(form);
    assertEq(proposer, address(0), "nobody is cached");
  }

  /// @dev One fault of a random kind at a random place.
  function testFuzz_verifyProposer_answersAsUpstreamDoes(uint256 _members, uint256 _kind, uint256 _place) public {
    setUpCommittee(bound(_members, 1, 20));
    Form memory form = pack(_members >> 8);
    uint256 kind = _kind % 14;
    if (kind == 0) form.attestations.signatureIndices = changeLength(form.attestations.signatureIndices, _place);
    if (kind == 1)
      form.attestations.signaturesOrAddresses = changeLength(form.attestations.signaturesOrAddresses, _place);
    if (kind == 2) flipBit(form.attestations.signatureIndices, _place);
    if (kind == 3) flipBit(form.attestations.signaturesOrAddresses, _place);
    if (kind == 4) form.signers = new address[](_place % 24);
    if (kind == 5) form.signers[_place % form.signers.length] = address(uint160(_place));
    if (kind == 6) form.signature.v = uint8(_place);
    if (kind == 7) form.signature.s = bytes32(_place);
    if (kind == 8) form.signature.r = bytes32(_place);
    if (kind == 9) committee[_place % size] = address(uint160(_place));
    if (kind == 10) harness.setCommitment(Epoch.wrap(EPOCH), bytes32(_place));
    if (kind == 11) form = withhold(_members >> 8);
    if (kind == 12) mirror(form);
    // Whoever proposes vouches for what it sends, also if that is malformed.
    if (_place % 2 == 0 && (kind < 6 || kind > 8)) form.signature = vouch(form);
    bool isAccepted = compare(form);
    if (kind == 13) assertEq(isAccepted, true, "nothing is wrong with it");
  }

  function test_verifyProposer_refusesAProposerThatHasNotAttested() public {
    Form memory form = withhold(type(uint256).max);
    assertFalse(compare(form), "an address in the proposer's place");
  }

  function test_verifyProposer_refusesAMirroredSignature() public {
    Form memory form = pack(type(uint256).max);
    mirror(form);
    assertFalse(compare(form), "a high s");
  }

  // --- hashes --------------------------------------------------------------------------------------------------------

  function testFuzz_hash_isUpstreams(
    bytes calldata _bitmap,
    bytes calldata _data,
    address[] calldata _signers
  ) public view {
    CommitteeAttestations memory attestations = CommitteeAttestations(_bitmap, _data);
    assertEq(harness.hash(attestations), keccak256(abi.encode(attestations)), "attestations");
    assertEq(
      harness.hashWithSigners(attestations, _signers),
      harness.upstreamHashWithSigners(attestations, _signers),
      "attestations and signers"
    );
  }

  function testFuzz_hashHeader_isUpstreams(ProposeArgs memory _args) public view {
    _args.header.timestamp = Timestamp.wrap(uint64(Timestamp.unwrap(_args.header.timestamp)));
    assertEq(harness.hashHeader(_args), harness.upstreamHashHeader(_args.header), "header hash");
  }

  function testFuzz_pack_isWhatIsGossiped(ProposeArgs memory _args) public view {
    ProposedHeader memory header = _args.header;
    header.timestamp = Timestamp.wrap(uint64(Timestamp.unwrap(header.timestamp)));
    bytes memory first = abi.encodePacked(
      uint32(3),
      header.lastArchiveRoot,
      header.blockHeadersHash,
      header.blobsHash,
      header.inHash,
      header.outHash,
      header.slotNumber
    );
    bytes memory second = abi.encodePacked(
      uint64(Timestamp.unwrap(header.timestamp)),
      header.coinbase,
      header.feeRecipient,
      header.gasFees.feePerDaGas,
      header.gasFees.feePerL2Gas,
      header.totalManaUsed,
      _args.archive,
      int256(_args.oracleInput.feeAssetPriceModifier)
    );
    assertEq(harness.pack(_args), bytes.concat(first, second), "domain, header, archive, modifier");
  }

  function test_hashHeader_revertsForATimeThatUpstreamRefuses() public {
    ProposeArgs memory args;
    args.header.timestamp = Timestamp.wrap(uint256(type(uint64).max) + 1);
    vm.expectRevert(abi.encodeWithSignature("SafeCastOverflowedUintDowncast(uint8,uint256)", 64, uint256(1) << 64));
    harness.hashHeader(args);
    vm.expectRevert(abi.encodeWithSignature("SafeCastOverflowedUintDowncast(uint8,uint256)", 64, uint256(1) << 64));
    harness.upstreamHashHeader(args.header);
  }

  // --- seeds ---------------------------------------------------------------------------------------------------------

  /// @dev Any history of seeds, with gaps, asked for every epoch that has begun.
  function testFuzz_getSampleSeed_isUpstreams(uint256 _gaps, uint256 _lag, uint256 _count) public {
    harness = new ProposerLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    vm.warp(GENESIS);
    uint256 lag = bound(_lag, 0, 5);
    harness.initializeSelection(13, lag, lag);
    uint256 count = bound(_count, 0, 24);
    uint256 epoch = 0;
    for (uint256 i = 0; i < count; ++i) {
      epoch += 1 + ((_gaps >> (2 * i)) & 3);
      harness.pushRandao(uint32(GENESIS + epoch * 4 * 36), uint224(uint256(keccak256(abi.encode(_gaps, i)))));
    }
    vm.warp(GENESIS + (epoch + 1) * 4 * 36);
    for (uint256 i = 0; i <= epoch + 1; ++i) {
      assertEq(harness.getSampleSeed(Epoch.wrap(i)), harness.upstreamGetSampleSeed(Epoch.wrap(i)), "seed");
    }
  }

  function test_getSampleSeed_costsTheSameForEver() public {
    uint256 young = measureSeed(10);
    uint256 old = measureSeed(2000);
    assertEq(old, young, "the chain's age does not matter");
  }

  // --- helpers -------------------------------------------------------------------------------------------------------

  function measureSeed(uint256 _epochs) internal returns (uint256) {
    harness = new ProposerLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    vm.warp(GENESIS);
    harness.initializeSelection(13, 2, 2);
    for (uint256 i = 1; i <= _epochs; ++i) {
      harness.pushRandao(uint32(GENESIS + i * 4 * 36), uint224(i));
    }
    vm.warp(GENESIS + _epochs * 4 * 36);
    harness.getSampleSeed(Epoch.wrap(_epochs));
    uint256 before = gasleft();
    harness.getSampleSeed(Epoch.wrap(_epochs));
    return before - gasleft();
  }

  function setUpCommittee(uint256 _size) internal {
    size = _size;
    delete committee;
    for (uint256 i = 0; i < _size; ++i) {
      committee.push(vm.addr(i + 1));
    }
    vm.warp(GENESIS);
    vm.prevrandao(keccak256("genesis"));
    harness = new ProposerLib__Harness();
    harness.initializeTime(GENESIS, 36, 4, 1);
    harness.initializeSelection(_size, 1, 1);
    harness.setCommitment(Epoch.wrap(EPOCH), keccak256(abi.encode(committee)));
    vm.warp(GENESIS + SLOT * 36);
    proposerIndex = harness.getProposerIndex(Epoch.wrap(EPOCH), Slot.wrap(SLOT), _size);
  }

  /// @dev Sends one form to both; returns whether they take it.
  function compare(Form memory _form) internal returns (bool) {
    (bool isAccepted, bytes memory answer) = send(harness.verifyProposer.selector, _form);
    (bool isUpstreamAccepted, bytes memory upstreamAnswer) = send(harness.upstreamVerifyProposer.selector, _form);
    assertEq(isAccepted, isUpstreamAccepted, "accepted");
    assertEq(answer, upstreamAnswer, "answer");
    return isAccepted;
  }

  function call(Form memory _form) internal returns (address proposer, uint256 index) {
    (, bytes memory answer) = send(harness.verifyProposer.selector, _form);
    return abi.decode(answer, (address, uint256));
  }

  function send(bytes4 _selector, Form memory _form) internal returns (bool, bytes memory) {
    return
      address(harness).call(
        abi.encodeWithSelector(
          _selector,
          Slot.wrap(SLOT),
          Epoch.wrap(EPOCH),
          _form.attestations,
          _form.signers,
          DIGEST,
          _form.signature
        )
      );
  }

  /// @dev A bit for each member that signs; the proposer always does.
  function pack(uint256 _members) internal view returns (Form memory form) {
    return packWith(_members, true);
  }

  /// @dev The proposer keeps its attestation to itself, and vouches for the rest.
  function withhold(uint256 _members) internal view returns (Form memory form) {
    return packWith(_members, false);
  }

  function packWith(uint256 _members, bool _hasProposerSigned) internal view returns (Form memory form) {
    bytes memory bitmap = new bytes((size + 7) / 8);
    bytes memory data;
    address[] memory signers = new address[](size);
    uint256 count;
    for (uint256 i = 0; i < size; ++i) {
      bool hasSigned = i == proposerIndex ? _hasProposerSigned : (_members >> (i % 256)) & 1 == 1;
      if (hasSigned) {
        bitmap[i / 8] |= bytes1(uint8(128 >> (i % 8)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(i + 1, DIGEST.toEthSignedMessageHash());
        data = bytes.concat(data, abi.encodePacked(v, r, s));
        signers[count] = committee[i];
        ++count;
      } else {
        data = bytes.concat(data, bytes20(committee[i]));
      }
    }
    assembly {
      mstore(signers, count)
    }
    form = Form(CommitteeAttestations(bitmap, data), signers, Signature(0, 0, 0));
    form.signature = vouch(form);
  }

  function vouch(Form memory _form) internal view returns (Signature memory) {
    bytes32 digest = harness.upstreamHashWithSigners(_form.attestations, _form.signers);
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(proposerIndex + 1, digest.toEthSignedMessageHash());
    return Signature(v, r, s);
  }

  /// @dev The proposer's attestation in its other representation. It is the first signature if nobody else has signed.
  function mirror(Form memory _form) internal view {
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(proposerIndex + 1, DIGEST.toEthSignedMessageHash());
    bytes memory original = abi.encodePacked(v, r, s);
    bytes memory mirrored = abi.encodePacked(v == 27 ? uint8(28) : uint8(27), r, bytes32(CURVE_ORDER - uint256(s)));
    bytes memory data = _form.attestations.signaturesOrAddresses;
    for (uint256 at = 0; at + 65 <= data.length; ++at) {
      uint256 matching = 0;
      while (matching < 65 && data[at + matching] == original[matching]) ++matching;
      if (matching < 65) continue;
      for (uint256 i = 0; i < 65; ++i) {
        data[at + i] = mirrored[i];
      }
      break;
    }
    _form.signature = vouch(_form);
  }

  function changeLength(bytes memory _data, uint256 _random) internal pure returns (bytes memory changed) {
    uint256 length = _random % (_data.length + 70);
    changed = new bytes(length);
    for (uint256 i = 0; i < length && i < _data.length; ++i) {
      changed[i] = _data[i];
    }
  }

  function flipBit(bytes memory _data, uint256 _random) internal pure {
    uint256 position = _random % (_data.length * 8);
    _data[position / 8] ^= bytes1(uint8(1 << (position % 8)));
  }
}
