// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SlasherFlavor} from "@aztec/core/interfaces/ISlasher.sol";
import {IStaking} from "@aztec/core/interfaces/IStaking.sol";
import {AttesterView} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {EmpireSlashingProposer} from "@aztec/core/slashing/EmpireSlashingProposer.sol";
import {Slasher} from "@aztec/core/slashing/Slasher.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot, Timestamp} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {Clones} from "@oz/proxy/Clones.sol";
import {ILateSlashingHook, SlashPath, SlashTerms, StrikeBatch} from "../interfaces/ILateSlashingHook.sol";
import {ILateSlashRegistry} from "../interfaces/ILateSlashRegistry.sol";
import {Strike, StrikeKind, StrikeWeights} from "../interfaces/ILateStrikeLedger.sol";
import {LateSubmissionRecord} from "../interfaces/ILateSubmission.sol";
import {ILateSubmissionHook} from "../interfaces/ILateSubmissionHook.sol";
import {LatePenaltyController} from "./LatePenaltyController.sol";
import {LateSlash, LateSlashPayload} from "./LateSlashPayload.sol";
import {LateSlashProposal} from "./LateSlashProposal.sol";
import {LateStrikeLedger} from "./LateStrikeLedger.sol";

/**
 * @title LateSlashingHook
 * @notice Turns the strikes of a ledger into payloads for one path of slashing, once they weigh enough.
 *
 * @dev A batch is all strikes of the window that are not consumed yet, oldest first, and none of it is stored: the
 *      payload's address commits to it. Nothing is consumed before a payload is executed, so payloads of one
 *      attester may overlap; each slashes for what those before it have left.
 */
contract LateSlashingHook is ILateSlashingHook, ILateSubmissionHook, Ownable {
  using Clones for address;

  /// @notice The most strikes in a batch. It bounds the payload's size and thereby the gas of making one.
  uint256 public constant MAX_BATCH = 16;

  /// @notice The path that the hook's payloads need.
  SlashPath public immutable PATH;

  /// @notice The only caller that reports late landings.
  LatePenaltyController public immutable CONTROLLER;

  /// @notice Where the strikes come from.
  LateStrikeLedger public immutable LEDGER;

  /// @notice Where strikes are consumed.
  ILateSlashRegistry public immutable REGISTRY;

  /// @notice The rollup whose proposers are slashed.
  address public immutable ROLLUP;

  /// @notice What slash payloads are clones of.
  address public immutable PAYLOAD_IMPLEMENTATION;

  /// @notice What proposals to governance are clones of.
  address public immutable PROPOSAL_IMPLEMENTATION;

  SlashTerms private terms;

  /**
   * @notice Checks the path and sets the first terms.
   * @param _ledger Where the strikes come from; it also names controller and rollup
   * @param _registry Where strikes are consumed: the one registry of the network
   * @param _path The path that the hook's payloads need; the rollup's slasher has to offer it
   * @param _governance The owner, who sets the terms
   * @param _terms The terms to start with
   */
  constructor(
    LateStrikeLedger _ledger,
    ILateSlashRegistry _registry,
    SlashPath _path,
    address _governance,
    SlashTerms memory _terms
  ) Ownable(_governance) {
    LEDGER = _ledger;
    CONTROLLER = _ledger.CONTROLLER();
    ROLLUP = _ledger.ROLLUP();
    REGISTRY = _registry;
    PATH = _path;
    PAYLOAD_IMPLEMENTATION = address(new LateSlashPayload());
    PROPOSAL_IMPLEMENTATION = address(new LateSlashProposal());
    _setTerms(_terms);
    _requirePath();
    _registry.noteSlasher(ROLLUP);
  }

  /// @inheritdoc ILateSlashingHook
  function setTerms(SlashTerms calldata _terms) external override(ILateSlashingHook) onlyOwner {
    _setTerms(_terms);
  }

  /**
   * @inheritdoc ILateSubmissionHook
   * @dev Reverts, and so stays pending, if the ledger is behind or a payload is due that nobody could execute.
   */
  function onLateSubmission(
    LateSubmissionRecord calldata _record
  ) external override(ILateSubmissionHook) returns (bytes4) {
    require(msg.sender == address(CONTROLLER), LateSlashingHook__CallerNotController(msg.sender, address(CONTROLLER)));
    require(CONTROLLER.isApplied(_record.slot, LEDGER), LateSlashingHook__NotInLedger(_record.slot));

    StrikeBatch memory batch = getBatch(_record.originalProposer);
    if (batch.weight >= terms.threshold) _open(_record.originalProposer, batch);
    return ILateSubmissionHook.onLateSubmission.selector;
  }

  /// @inheritdoc ILateSlashingHook
  function open(address _attester) external override(ILateSlashingHook) returns (IPayload payload) {
    return openFrom(_attester, Slot.wrap(0));
  }

  /// @inheritdoc ILateSlashingHook
  function getTerms() external view override(ILateSlashingHook) returns (SlashTerms memory) {
    return terms;
  }

  /// @inheritdoc ILateSlashingHook
  function openFrom(address _attester, Slot _first) public override(ILateSlashingHook) returns (IPayload payload) {
    StrikeBatch memory batch = getBatchFrom(_attester, _first);
    uint256 threshold = terms.threshold;
    require(batch.weight >= threshold, LateSlashingHook__BelowThreshold(_attester, batch.weight, threshold));
    return _open(_attester, batch);
  }

  /// @inheritdoc ILateSlashingHook
  function getBatch(address _attester) public view override(ILateSlashingHook) returns (StrikeBatch memory batch) {
    return getBatchFrom(_attester, Slot.wrap(0));
  }

  /// @inheritdoc ILateSlashingHook
  function getBatchFrom(
    address _attester,
    Slot _first
  ) public view override(ILateSlashingHook) returns (StrikeBatch memory batch) {
    Strike[] memory strikes = LEDGER.getStrikes(_attester);
    StrikeWeights memory weights = LEDGER.getWeights();
    uint256 amountPerWeight = terms.amountPerWeight;
    Slot[] memory slots = new Slot[](MAX_BATCH);
    uint256[] memory prices = new uint256[](MAX_BATCH);
    uint256 length = 0;
    for (uint256 i = 0; i < strikes.length && length < MAX_BATCH; ++i) {
      uint256 weight = weights.late;
      if (strikes[i].kind == StrikeKind.Missed) weight = weights.missed;
      if (strikes[i].slot < _first || weight == 0 || REGISTRY.isConsumed(ROLLUP, strikes[i].slot)) continue;
      slots[length] = strikes[i].slot;
      prices[length] = weight * amountPerWeight;
      ++length;
      batch.weight += weight;
    }

    batch.amount = batch.weight * amountPerWeight;
    batch.slots = new Slot[](length);
    batch.prices = new uint256[](length);
    for (uint256 i = 0; i < length; ++i) {
      batch.slots[i] = slots[i];
      batch.prices[i] = prices[i];
    }
  }

  function _setTerms(SlashTerms memory _terms) private {
    require(
      _terms.threshold > 0 && _terms.amountPerWeight > 0,
      LateSlashingHook__InvalidTerms(_terms.threshold, _terms.amountPerWeight)
    );
    uint256 windowSlots = LEDGER.WINDOW_SLOTS();
    require(_terms.lifetimeSlots >= windowSlots, LateSlashingHook__LifetimeTooShort(_terms.lifetimeSlots, windowSlots));
    uint256 fullBatch = MAX_BATCH * _lightestWeight();
    require(_terms.threshold <= fullBatch, LateSlashingHook__ThresholdOutOfReach(_terms.threshold, fullBatch));
    terms = _terms;
    emit SlashTermsUpdated(_terms);
  }

  function _open(address _attester, StrikeBatch memory _batch) private returns (IPayload) {
    address slasher = _requirePath();
    REGISTRY.noteSlasher(ROLLUP);
    _requireSlashable(_attester);

    bytes memory slash = abi.encode(
      LateSlash({
        registry: REGISTRY,
        rollup: ROLLUP,
        attester: _attester,
        slots: _batch.slots,
        prices: _batch.prices,
        lastSlot: _batch.slots[_batch.slots.length - 1] + Slot.wrap(terms.lifetimeSlots)
      })
    );
    (address slashPayload, bool isNew) = _clone(PAYLOAD_IMPLEMENTATION, slash);
    address proposal = address(0);
    if (PATH == SlashPath.Governance) {
      bool isNewProposal;
      (proposal, isNewProposal) = _clone(PROPOSAL_IMPLEMENTATION, abi.encode(slasher, slashPayload));
      isNew = isNew || isNewProposal;
    }
    if (isNew) {
      emit BatchOpened(_attester, IPayload(slashPayload), IPayload(proposal), _batch.amount, _batch.slots);
    }
    if (PATH == SlashPath.Governance) return IPayload(proposal);
    return IPayload(slashPayload);
  }

  /// @dev The salt is constant: the arguments are part of the clone's code, and so of its address.
  function _clone(address _implementation, bytes memory _args) private returns (address clone, bool isNew) {
    clone = _implementation.predictDeterministicAddressWithImmutableArgs(_args, bytes32(0));
    isNew = clone.code.length == 0;
    if (isNew) _implementation.cloneDeterministicWithImmutableArgs(_args, bytes32(0));
  }

  /// @dev What the lightest strikes weigh that can be in a batch: misses weigh no less than late landings.
  function _lightestWeight() private view returns (uint256) {
    StrikeWeights memory weights = LEDGER.getWeights();
    if (weights.late > 0) return weights.late;
    return weights.missed;
  }

  /// @dev Reverts unless the rollup's slasher takes payloads from the hook's path; returns the slasher.
  function _requirePath() private view returns (address slasher) {
    slasher = IStaking(ROLLUP).getSlasher();
    // A rollup can be deployed without a slasher.
    require(slasher != address(0), LateSlashingHook__PathUnavailable(PATH, slasher, address(0)));

    address executor;
    bool isAvailable;
    if (PATH == SlashPath.Governance) {
      executor = Slasher(slasher).GOVERNANCE();
      isAvailable = executor.code.length > 0;
    } else {
      executor = Slasher(slasher).PROPOSER();
      EmpireSlashingProposer proposer = EmpireSlashingProposer(executor);
      isAvailable =
        executor.code.length > 0 &&
        proposer.SLASHING_PROPOSER_TYPE() == SlasherFlavor.EMPIRE &&
        proposer.getInstance() == ROLLUP;
    }
    require(isAvailable, LateSlashingHook__PathUnavailable(PATH, slasher, executor));
  }

  /// @dev Upstream's `slash` would answer false, and nobody would notice.
  function _requireSlashable(address _attester) private view {
    AttesterView memory attester = IStaking(ROLLUP).getAttesterView(_attester);
    bool isSlashable = attester.effectiveBalance > 0;
    if (attester.exit.exists) isSlashable = block.timestamp < Timestamp.unwrap(attester.exit.exitableAt);
    require(isSlashable, LateSlashingHook__NothingToSlash(_attester, attester.status));
  }
}
