// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Errors} from "@aztec/core/libraries/Errors.sol";
import {CommitteeAttestations} from "@aztec/core/libraries/rollup/AttestationLib.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {Epoch, Slot} from "@aztec/core/libraries/TimeLib.sol";
import {Signature, SignatureLib__InvalidSignature} from "@aztec/shared/libraries/SignatureLib.sol";
import {ECDSA} from "@oz/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@oz/utils/cryptography/MessageHashUtils.sol";
import {PackedAttestationsLib} from "./PackedAttestationsLib.sol";
import {SampleSeedLib} from "./SampleSeedLib.sol";

/**
 * @title ProposerLib
 * @notice Who proposes in a slot, and upstream's rule for a proposal on time: two signatures of that proposer.
 */
library ProposerLib {
  using MessageHashUtils for bytes32;
  using PackedAttestationsLib for CommitteeAttestations;

  /**
   * @notice Upstream's `verifyProposer` over attestations that stay in calldata: same rule, same errors in the same
   *         order, same cache.
   * @dev Validations performed:
   *      - attestations and signers are well formed: see PackedAttestationsLib.readCommittee
   *      - they name the committee: Errors.ValidatorSelection__InvalidCommitteeCommitment
   *      - the proposer has attested: Errors.ValidatorSelection__MissingProposerSignature
   *      - its attestation, then its signature over attestations and signers are its own:
   *        SignatureLib__InvalidSignature or the error of ECDSA
   *
   *      Without committees (of size 0) nobody is asked, as upstream.
   * @param _slot The current slot
   * @param _epoch The current epoch, set up
   * @param _attestations The packed attestations
   * @param _signers The members that signed, in committee order
   * @param _digest The payload digest that they signed
   * @param _attestationsAndSignersSignature The proposer's signature over attestations and signers
   */
  function verifyProposer(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    bytes32 _digest,
    Signature calldata _attestationsAndSignersSignature
  ) internal {
    if (ValidatorSelectionLib.getStorage().targetCommitteeSize == 0) return;
    (address proposer, uint256 index) = _verifyAttestation(_slot, _epoch, _attestations, _signers, _digest);
    requireSignature(proposer, _attestations.hashWithSigners(_signers), _attestationsAndSignersSignature);
    ValidatorSelectionLib.setCachedProposer(_slot, proposer, index);
  }

  /**
   * @notice Which member of the committee proposes in a slot.
   * @param _epoch The slot's epoch, which has begun
   * @param _slot The slot
   * @param _size The size of the committee, not zero
   */
  function getProposerIndex(Epoch _epoch, Slot _slot, uint256 _size) internal view returns (uint256) {
    return ValidatorSelectionLib.computeProposerIndex(_epoch, _slot, SampleSeedLib.getSampleSeed(_epoch), _size);
  }

  /**
   * @notice Reverts unless somebody has signed a digest, as an Ethereum message.
   * @param _signer Who has to have signed
   * @param _digest What, before the prefix of Ethereum messages
   * @param _signature The signature
   */
  function requireSignature(address _signer, bytes32 _digest, Signature calldata _signature) internal pure {
    bytes32 digest = _digest.toEthSignedMessageHash();
    _requireSame(_signer, ECDSA.recover(digest, _signature.v, _signature.r, _signature.s));
  }

  /**
   * @notice Reverts unless the committee is the one that the epoch is committed to.
   * @param _named The commitment to the committee that the attestations name
   * @param _commitment The epoch's
   */
  function requireCommitment(bytes32 _named, bytes32 _commitment) internal pure {
    require(_named == _commitment, Errors.ValidatorSelection__InvalidCommitteeCommitment(_named, _commitment));
  }

  /// @dev The committee, and the proposer's attestation among its members'.
  function _verifyAttestation(
    Slot _slot,
    Epoch _epoch,
    CommitteeAttestations calldata _attestations,
    address[] calldata _signers,
    bytes32 _digest
  ) private view returns (address proposer, uint256 index) {
    bytes32 named;
    uint256 position;
    {
      uint256 size = ValidatorSelectionLib.getStorage().targetCommitteeSize;
      index = getProposerIndex(_epoch, _slot, size);
      (named, proposer, position) = _attestations.readCommittee(_signers, size, index);
    }
    requireCommitment(named, ValidatorSelectionLib.getStorage().committeeCommitments[_epoch]);
    require(position != 0, Errors.ValidatorSelection__MissingProposerSignature(proposer, index));
    _requireSame(proposer, PackedAttestationsLib.recoverAt(position, _digest.toEthSignedMessageHash()));
  }

  function _requireSame(address _signer, address _recovered) private pure {
    require(_signer == _recovered, SignatureLib__InvalidSignature(_signer, _recovered));
  }
}
