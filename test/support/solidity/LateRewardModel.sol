// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/**
 * @notice What a proof should pay, said plainly: upstream's credit of each newly proven checkpoint, then the split of
 *         the late ones. It knows the checkpoints of one epoch as a list and keeps every balance in a mapping.
 */
contract LateRewardModel {
  struct Checkpoint {
    address coinbase;
    uint256 fee;
    uint256 manaUsed;
    uint256 congestionCost;
    uint256 proverCost;
    bool isLate;
    address submitter;
    uint256 submitterBps;
    uint256 burnBps;
  }

  mapping(address who => uint256 amount) public rewards;
  uint256 public toProvers;
  uint256 public burned;
  uint256 public fromDistributor;
  uint256 public fees;

  Checkpoint[] internal epoch;
  uint256 internal proven;

  function add(Checkpoint memory _checkpoint) external {
    epoch.push(_checkpoint);
  }

  /// @param _length How many checkpoints of the epoch the proof covers
  /// @param _claimable What the distributor would pay out at most
  function prove(
    uint256 _length,
    uint256 _checkpointReward,
    uint256 _sequencerBps,
    uint256 _claimable,
    bool _hasTxs
  ) external {
    if (_length <= proven) return;
    uint256 count = _length - proven;
    uint256 claimed = count * _checkpointReward;
    if (claimed > _claimable) claimed = _claimable;
    fromDistributor += claimed;
    uint256 each = (claimed * _sequencerBps) / 10_000 / count;
    toProvers += claimed - each * count;

    for (; proven < _length; ++proven) {
      Checkpoint memory checkpoint = epoch[proven];
      uint256 share = each;
      if (_hasTxs) {
        uint256 burn = checkpoint.congestionCost * checkpoint.manaUsed;
        uint256 proverFee = checkpoint.proverCost * checkpoint.manaUsed;
        if (proverFee > checkpoint.fee - burn) proverFee = checkpoint.fee - burn;
        share += checkpoint.fee - burn - proverFee;
        fees += checkpoint.fee;
        burned += burn;
        toProvers += proverFee;
      }
      if (!checkpoint.isLate) {
        rewards[checkpoint.coinbase] += share;
        continue;
      }
      uint256 cut = (share * checkpoint.submitterBps) / 10_000;
      uint256 forfeit = (share * checkpoint.burnBps) / 10_000;
      rewards[checkpoint.coinbase] += share - cut - forfeit;
      if (checkpoint.submitter == address(0)) burned += cut;
      else rewards[checkpoint.submitter] += cut;
      burned += forfeit;
    }
  }
}
