// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IVerifier} from "@aztec/core/interfaces/IVerifier.sol";

/**
 * @title Verifier__MockForNeutrality
 * @notice Accepts a proof that is the hash of its public inputs, refuses any other word, and reverts for anything else.
 * @dev Upstream's mock accepts everything: it cannot tell whether a rollup obeys a refusal, nor what it asked about.
 */
contract Verifier__MockForNeutrality is IVerifier {
  error ProofLengthWrong(uint256 length);

  /**
   * @param _proof One word
   * @param _publicInputs What the rollup says was proven
   * @return Whether the proof is theirs
   */
  function verify(
    bytes calldata _proof,
    bytes32[] calldata _publicInputs
  ) external pure override(IVerifier) returns (bool) {
    require(_proof.length == 32, ProofLengthWrong(_proof.length));
    return bytes32(_proof) == keccak256(abi.encodePacked(_publicInputs));
  }
}
