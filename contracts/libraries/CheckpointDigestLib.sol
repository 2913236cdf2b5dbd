// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ProposeArgs} from "@aztec/core/libraries/rollup/ProposeLib.sol";
import {ProposedHeader} from "@aztec/core/libraries/rollup/ProposedHeaderLib.sol";
import {Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {SafeCast} from "@oz/utils/math/SafeCast.sol";

/**
 * @title CheckpointDigestLib
 * @notice The two hashes that need a packed header: the header's own, and that of the gossiped checkpoint proposal.
 *
 * @dev What a proposer gossips and signs before anybody attests is, packed,
 *
 *          domain (4 bytes) | header (316 bytes) | archive (32 bytes) | fee asset price modifier (32 bytes)
 *
 *      as `CheckpointProposal.getPayloadToSign` of aztec-stdlib has it. The header in it is packed as upstream's
 *      `ProposedHeaderLib.hash` packs it, so that one packing serves both hashes.
 */
library CheckpointDigestLib {
  using SafeCast for uint256;

  /// @dev `SignatureDomainSeparator.checkpointProposal` of aztec-stdlib; the enumeration on L1 has other numbers.
  uint256 private constant PROPOSAL_DOMAIN = 3;

  /**
   * @notice Upstream's `ProposedHeaderLib.hash` of the header in a packed proposal.
   * @param _proposal The packed proposal
   * @return headerHash The first 31 bytes of the header's SHA-256 hash, as a field element
   */
  function hashHeader(bytes memory _proposal) internal view returns (bytes32 headerHash) {
    // `sha256` would first copy the slice of the proposal.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      if iszero(staticcall(gas(), 2, add(_proposal, 0x24), 316, 0, 0x20)) {
        revert(0, 0)
      }
      headerHash := shr(8, mload(0))
    }
  }

  /**
   * @notice Packs a checkpoint proposal from its arguments in calldata.
   * @param _args Archive, oracle input and header of the checkpoint
   * @return proposal The packed proposal
   */
  function pack(ProposeArgs calldata _args) internal pure returns (bytes memory proposal) {
    ProposedHeader calldata header = _args.header;
    uint256 time = Timestamp.unwrap(header.timestamp).toUint64();
    // What is narrower than a word in calldata is written from the right place on and overwritten by what follows it.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      proposal := mload(0x40)
      mstore(0x40, add(proposal, 0x1a0))
      mstore(proposal, 384)
      mstore(add(proposal, 0x20), shl(224, PROPOSAL_DOMAIN))
      // Last archive root, block headers hash, blobs hash, in hash, out hash, slot number.
      calldatacopy(add(proposal, 0x24), header, 0xc0)
      mstore(add(proposal, 0xe4), shl(192, time))
      // Coinbase, 20 bytes.
      mstore(add(proposal, 0xec), shl(96, calldataload(add(header, 0xe0))))
      // Fee recipient.
      mstore(add(proposal, 0x100), calldataload(add(header, 0x100)))
      // Fees per DA gas and per L2 gas, 16 bytes each.
      mstore(add(proposal, 0x120), or(shl(128, calldataload(add(header, 0x120))), calldataload(add(header, 0x140))))
      // Total mana used.
      mstore(add(proposal, 0x140), calldataload(add(header, 0x160)))
      // Archive and fee asset price modifier.
      calldatacopy(add(proposal, 0x160), _args, 0x40)
    }
  }
}
