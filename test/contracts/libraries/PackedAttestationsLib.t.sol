// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Test} from "forge-std/Test.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {PackedAttestationsLib} from "../../../contracts/libraries/PackedAttestationsLib.sol";

/// @dev What no real committee shows: every bit of a long bitmap, and signatures that nobody could make.
contract PackedAttestationsLibTest is Test {
  using PackedAttestationsLib for CommitteeAttestations;

  bytes32 private constant DIGEST = keccak256("digest");
  /// @dev The x coordinate of secp256k1's generator: a point, so that any s is a signature of somebody.
  bytes32 private constant R = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
  uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

  // ---- called from within, for calldata ----

  function isSigned(CommitteeAttestations calldata _attestations, uint256 _index) external pure returns (bool) {
    return _attestations.isSigned(_index);
  }

  function recoverCommittee(
    CommitteeAttestations calldata _attestations,
    uint256 _size
  ) external view returns (bytes32 commitment, address member) {
    return _attestations.recoverCommittee(DIGEST, _size, 0);
  }

  // ---- tests ----

  function testFuzz_isSigned_isTheMembersOwnBit(bytes32 _bitmap) public view {
    CommitteeAttestations memory attestations;
    attestations.signatureIndices = abi.encodePacked(_bitmap);
    for (uint256 i = 0; i < 256; ++i) {
      bool expected = uint256(_bitmap) & (1 << (255 - i)) != 0;
      assertEq(this.isSigned(attestations, i), expected, "the highest bit is the first member's");
    }
  }

  function test_recoverCommittee_takesTheLargestCanonicalSAndNoLarger() public {
    uint256 largest = CURVE_ORDER / 2;
    address signer = ecrecover(DIGEST, 27, R, bytes32(largest));
    address[] memory committee = new address[](1);
    committee[0] = signer;
    (bytes32 commitment, address member) = this.recoverCommittee(_signedBy(bytes32(largest)), 1);
    assertEq(member, signer, "half of the curve's order, as OpenZeppelin");
    assertEq(commitment, keccak256(abi.encode(committee)), "and it is the committee");

    bytes32 larger = bytes32(largest + 1);
    assertTrue(ecrecover(DIGEST, 27, R, larger) != address(0), "the precompile would take it");
    vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, larger));
    this.recoverCommittee(_signedBy(larger), 1);
  }

  function _signedBy(bytes32 _s) private pure returns (CommitteeAttestations memory attestations) {
    attestations.signatureIndices = hex"80";
    attestations.signaturesOrAddresses = abi.encodePacked(uint8(27), R, _s);
  }
}
