// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SlasherFlavor} from "@aztec/core/interfaces/ISlasher.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {TallySlashingProposer} from "@aztec/core/slashing/TallySlashingProposer.sol";
import {Epoch} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @title TallyProposer__Mock
 * @notice A tally proposer whose rounds span two epochs, with one settable vote.
 */
contract TallyProposer__Mock {
  SlasherFlavor public constant SLASHING_PROPOSER_TYPE = SlasherFlavor.TALLY;
  uint256 public constant ROUND_SIZE_IN_EPOCHS = 2;

  bool private isExecuted;
  uint256 private votedEpochIndex;
  uint256 private votedMember;

  /**
   * @notice Sets the outcome of every round.
   * @param _epochIndex The epoch of the round, 0 or 1, whose committee is slashed
   * @param _member The place of the slashed member in it
   */
  function setVote(uint256 _epochIndex, uint256 _member) external {
    (votedEpochIndex, votedMember) = (_epochIndex, _member);
  }

  /// @notice Lets every round count as executed.
  function execute() external {
    isExecuted = true;
  }

  /// @notice Whether a round is executed, and its votes.
  function getRound(SlashRound) external view returns (bool, uint256) {
    return (isExecuted, 1);
  }

  /**
   * @notice The slashed members, taken from the committees as upstream does: unchecked.
   * @param _committees A committee for each epoch of the round
   */
  function getTally(
    SlashRound,
    address[][] calldata _committees
  ) external view returns (TallySlashingProposer.SlashAction[] memory actions) {
    actions = new TallySlashingProposer.SlashAction[](1);
    actions[0].validator = _committees[votedEpochIndex][votedMember];
    actions[0].slashAmount = 1;
  }

  /**
   * @notice The epoch at an index of a round.
   * @param _round The round
   * @param _epochIndex 0 or 1
   */
  function getSlashTargetEpoch(SlashRound _round, uint256 _epochIndex) external pure returns (Epoch) {
    return Epoch.wrap(SlashRound.unwrap(_round) * ROUND_SIZE_IN_EPOCHS + _epochIndex);
  }
}
