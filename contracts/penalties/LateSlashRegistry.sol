// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SlasherFlavor} from "@aztec/core/interfaces/ISlasher.sol";
import {IStaking} from "@aztec/core/interfaces/IStaking.sol";
import {IValidatorSelection} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {AttesterView} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {TallySlashingProposer} from "@aztec/core/slashing/TallySlashingProposer.sol";
import {Epoch, Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {BitMaps} from "@oz/utils/structs/BitMaps.sol";
import {ILateSlashRegistry} from "../interfaces/ILateSlashRegistry.sol";

/**
 * @title LateSlashRegistry
 * @notice Which strikes have been slashed for, of every rollup, in one place. No owner, nothing to configure.
 */
contract LateSlashRegistry is ILateSlashRegistry {
  using BitMaps for BitMaps.BitMap;

  mapping(address rollup => BitMaps.BitMap slots) private consumed;

  mapping(address rollup => mapping(address slasher => bool isNoted)) private noted;

  /// @dev Who is being slashed in this transaction, and what was at stake; a slash begins and ends in one
  ///      transaction.
  bytes32 private transient inFlight;
  uint256 private transient stakeBefore;

  modifier onlySlasher(address _rollup) {
    address slasher = IStaking(_rollup).getSlasher();
    require(msg.sender == slasher, LateSlashRegistry__CallerNotSlasher(msg.sender, slasher));
    _;
  }

  /// @inheritdoc ILateSlashRegistry
  function consume(
    address _rollup,
    address _attester,
    Slot[] calldata _slots
  ) external override(ILateSlashRegistry) onlySlasher(_rollup) {
    require(_slots.length > 0, LateSlashRegistry__NothingLeft(_rollup, _attester));
    for (uint256 i = 0; i < _slots.length; ++i) {
      _consume(_rollup, _slots[i]);
    }
    inFlight = _key(_rollup, _attester);
    stakeBefore = _stakeOf(IStaking(_rollup).getAttesterView(_attester));
    emit StrikesConsumed(_rollup, _attester, _slots);
  }

  /// @inheritdoc ILateSlashRegistry
  function requireSlashed(
    address _rollup,
    address _attester
  ) external override(ILateSlashRegistry) onlySlasher(_rollup) {
    require(inFlight == _key(_rollup, _attester), LateSlashRegistry__NothingConsumed(_rollup, _attester));
    inFlight = bytes32(0);

    AttesterView memory attester = IStaking(_rollup).getAttesterView(_attester);
    uint256 stake = _stakeOf(attester);
    require(stake < stakeBefore, LateSlashRegistry__StakeUnchanged(_attester, attester.status, stake));
    emit StakeFallen(_rollup, _attester, stakeBefore - stake);
  }

  /// @inheritdoc ILateSlashRegistry
  function consumeTallied(
    address _rollup,
    SlashRound _round,
    address[] calldata _committee,
    address _attester,
    Slot _slot
  ) external override(ILateSlashRegistry) {
    noteSlasher(_rollup);
    _consumeTallied(_rollup, IStaking(_rollup).getSlasher(), _round, _committee, _attester, _slot);
  }

  /// @inheritdoc ILateSlashRegistry
  function consumeTalliedBy(
    address _rollup,
    address _slasher,
    SlashRound _round,
    address[] calldata _committee,
    address _attester,
    Slot _slot
  ) external override(ILateSlashRegistry) {
    noteSlasher(_rollup);
    require(noted[_rollup][_slasher], LateSlashRegistry__UnknownSlasher(_rollup, _slasher));
    _consumeTallied(_rollup, _slasher, _round, _committee, _attester, _slot);
  }

  /// @inheritdoc ILateSlashRegistry
  function isConsumed(address _rollup, Slot _slot) external view override(ILateSlashRegistry) returns (bool) {
    return consumed[_rollup].get(Slot.unwrap(_slot));
  }

  /// @inheritdoc ILateSlashRegistry
  function noteSlasher(address _rollup) public override(ILateSlashRegistry) {
    address slasher = IStaking(_rollup).getSlasher();
    if (noted[_rollup][slasher]) return;
    noted[_rollup][slasher] = true;
    emit SlasherNoted(_rollup, slasher);
  }

  function _consumeTallied(
    address _rollup,
    address _slasher,
    SlashRound _round,
    address[] calldata _committee,
    address _attester,
    Slot _slot
  ) private {
    TallySlashingProposer tally = TallySlashingProposer(Slasher(_slasher).PROPOSER());
    require(tally.SLASHING_PROPOSER_TYPE() == SlasherFlavor.TALLY, LateSlashRegistry__NotTally(address(tally)));
    (bool isExecuted, ) = tally.getRound(_round);
    require(isExecuted, LateSlashRegistry__RoundNotExecuted(_round));

    IValidatorSelection selection = IValidatorSelection(_rollup);
    Epoch epoch = selection.getEpochAtSlot(_slot);
    (bytes32 expected, ) = selection.getEpochCommitteeCommitment(epoch);
    bytes32 actual = keccak256(abi.encode(_committee));
    require(expected == actual, LateSlashRegistry__WrongCommittee(expected, actual));
    address proposer = selection.getProposerAt(selection.getTimestampForSlot(_slot));
    require(proposer == _attester, LateSlashRegistry__NotTheProposer(_slot, proposer, _attester));
    require(
      _wasSlashed(tally, _round, epoch, _committee, _attester),
      LateSlashRegistry__NotSlashedByRound(_round, _attester)
    );

    _consume(_rollup, _slot);
    Slot[] memory slots = new Slot[](1);
    slots[0] = _slot;
    emit StrikesConsumed(_rollup, _attester, slots);
  }

  function _consume(address _rollup, Slot _slot) private {
    require(!consumed[_rollup].get(Slot.unwrap(_slot)), LateSlashRegistry__AlreadyConsumed(_rollup, _slot));
    consumed[_rollup].set(Slot.unwrap(_slot));
  }

  /// @dev Asks the round for its result with every committee but the epoch's left blank, so that votes for another
  ///      epoch of the round do not count for this one.
  function _wasSlashed(
    TallySlashingProposer _tally,
    SlashRound _round,
    Epoch _epoch,
    address[] calldata _committee,
    address _attester
  ) private view returns (bool) {
    address[][] memory committees = new address[][](_tally.ROUND_SIZE_IN_EPOCHS());
    for (uint256 i = 0; i < committees.length; ++i) {
      bool isEpoch = _tally.getSlashTargetEpoch(_round, i) == _epoch;
      committees[i] = isEpoch ? _committee : new address[](_committee.length);
    }
    TallySlashingProposer.SlashAction[] memory actions = _tally.getTally(_round, committees);
    for (uint256 i = 0; i < actions.length; ++i) {
      if (actions[i].validator == _attester) return true;
    }
    return false;
  }

  function _stakeOf(AttesterView memory _attester) private pure returns (uint256) {
    return _attester.effectiveBalance + _attester.exit.amount;
  }

  function _key(address _rollup, address _attester) private pure returns (bytes32) {
    return keccak256(abi.encode(_rollup, _attester));
  }
}
