// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IValidatorSelection} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {Ownable} from "@oz/access/Ownable.sol";
import {SafeCast} from "@oz/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@oz/utils/ReentrancyGuardTransient.sol";
import {BitMaps} from "@oz/utils/structs/BitMaps.sol";
import {ILatePenaltyController, PenaltyHook} from "../interfaces/ILatePenaltyController.sol";
import {ILateSubmission, LateSubmissionRecord} from "../interfaces/ILateSubmission.sol";
import {ILateSubmissionHook} from "../interfaces/ILateSubmissionHook.sol";

/**
 * @title LatePenaltyController
 * @notice Calls penalty hooks for settled late submissions of one rollup, each once per slot. Owned by governance.
 *
 * @dev For every pair of slot and hook there are two states, pending and applied. The mark "applied" is set before
 *      the call and taken back if the call fails, so that the hook is never entered twice for one slot; the guard
 *      keeps a hook from re-entering for another.
 */
contract LatePenaltyController is ILatePenaltyController, Ownable, ReentrancyGuardTransient {
  using BitMaps for BitMaps.BitMap;
  using SafeCast for uint256;

  /**
   * @notice The most hooks there can be.
   * @dev With every hook at its gas limit, one slot costs 12 M gas and fits into a transaction (16,777,216,
   *      EIP-7825).
   */
  uint256 public constant MAX_HOOKS = 8;

  /// @notice The least gas for a hook: a cold call and one fresh storage word.
  uint256 public constant MIN_HOOK_GAS = 50_000;

  /// @notice The most gas for a hook; see `MAX_HOOKS`.
  uint256 public constant MAX_HOOK_GAS = 1_500_000;

  /// @notice Gas for the call instruction itself, memory and a cold account included.
  uint256 public constant CALL_OVERHEAD = 10_000;

  /// @dev A call forwards at most all but one 64th of the gas left (EIP-150): for x to arrive, x + x / 63 has to be
  ///      there.
  uint256 private constant EIP_150_DIVISOR = 63;

  /// @notice The rollup whose late submissions are penalised.
  ILateSubmission public immutable ROLLUP;

  PenaltyHook[] private hooks;

  mapping(ILateSubmissionHook hook => BitMaps.BitMap slots) private applied;

  /**
   * @notice Starts without hooks.
   * @param _rollup The rollup whose late submissions are penalised
   * @param _governance The owner, who registers hooks
   */
  constructor(ILateSubmission _rollup, address _governance) Ownable(_governance) {
    ROLLUP = _rollup;
  }

  /// @inheritdoc ILatePenaltyController
  function addHook(ILateSubmissionHook _hook, uint32 _gasLimit) external override(ILatePenaltyController) onlyOwner {
    require(hooks.length < MAX_HOOKS, LatePenaltyController__TooManyHooks(MAX_HOOKS));
    require(address(_hook).code.length > 0, LatePenaltyController__NotAContract(_hook));
    require(
      _gasLimit >= MIN_HOOK_GAS && _gasLimit <= MAX_HOOK_GAS,
      LatePenaltyController__GasLimitOutOfBounds(_gasLimit, MIN_HOOK_GAS, MAX_HOOK_GAS)
    );
    (bool isRegistered, ) = _find(_hook);
    require(!isRegistered, LatePenaltyController__AlreadyRegistered(_hook));

    // Nobody is judged for a slot that had begun before the rule was there.
    Slot firstSlot = IValidatorSelection(address(ROLLUP)).getCurrentSlot() + Slot.wrap(1);
    hooks.push(PenaltyHook({hook: _hook, gasLimit: _gasLimit, firstSlot: Slot.unwrap(firstSlot).toUint64()}));
    emit PenaltyHookAdded(_hook, _gasLimit, firstSlot);
  }

  /// @inheritdoc ILatePenaltyController
  function removeHook(ILateSubmissionHook _hook) external override(ILatePenaltyController) onlyOwner {
    (bool isRegistered, uint256 index) = _find(_hook);
    require(isRegistered, LatePenaltyController__NotRegistered(_hook));

    // The order is the order of calls, so the rest moves up.
    for (uint256 i = index + 1; i < hooks.length; ++i) {
      hooks[i - 1] = hooks[i];
    }
    hooks.pop();
    emit PenaltyHookRemoved(_hook);
  }

  /// @inheritdoc ILatePenaltyController
  function penalize(Slot _slot) external override(ILatePenaltyController) nonReentrant returns (uint256 pending) {
    return _penalize(_slot);
  }

  /// @inheritdoc ILatePenaltyController
  function penalizeBatch(
    Slot[] calldata _slots
  ) external override(ILatePenaltyController) nonReentrant returns (uint256 pending) {
    for (uint256 i = 0; i < _slots.length; ++i) {
      pending += _penalize(_slots[i]);
    }
  }

  /// @inheritdoc ILatePenaltyController
  function getHooks() external view override(ILatePenaltyController) returns (PenaltyHook[] memory) {
    return hooks;
  }

  /// @inheritdoc ILatePenaltyController
  function getFirstSlot(ILateSubmissionHook _hook) external view override(ILatePenaltyController) returns (Slot) {
    (bool isRegistered, uint256 index) = _find(_hook);
    require(isRegistered, LatePenaltyController__NotRegistered(_hook));
    return Slot.wrap(hooks[index].firstSlot);
  }

  /// @inheritdoc ILatePenaltyController
  function isApplied(
    Slot _slot,
    ILateSubmissionHook _hook
  ) external view override(ILatePenaltyController) returns (bool) {
    return applied[_hook].get(Slot.unwrap(_slot));
  }

  function _penalize(Slot _slot) private returns (uint256 pending) {
    LateSubmissionRecord memory record = ROLLUP.getLateSubmission(_slot);
    require(record.isSettled, LatePenaltyController__NotSettled(_slot));
    bytes memory data = abi.encodeCall(ILateSubmissionHook.onLateSubmission, (record));

    // A hook may be the owner's and change the list while it is called: whoever was registered at the start is
    // called.
    PenaltyHook[] memory registered = hooks;
    for (uint256 i = 0; i < registered.length; ++i) {
      PenaltyHook memory entry = registered[i];
      BitMaps.BitMap storage slots = applied[entry.hook];
      if (Slot.unwrap(_slot) < entry.firstSlot || slots.get(Slot.unwrap(_slot))) continue;

      slots.set(Slot.unwrap(_slot));
      (bool success, bytes32 reason) = _call(entry, data);
      if (success) {
        emit PenaltyApplied(_slot, entry.hook);
      } else {
        slots.unset(Slot.unwrap(_slot));
        ++pending;
        emit PenaltyFailed(_slot, entry.hook, reason);
      }
    }
  }

  /**
   * @dev Calls a hook with exactly its gas limit and copies at most one word of what it returns.
   *      Equivalent to `address(hook).call{gas: gasLimit}(data)`, which would copy everything the hook returns, at
   *      the caller's expense. If the caller left too little, the instruction would forward less than asked without
   *      a word; then the hook would fail for want of gas, by the caller's choice. Hence the check before.
   */
  function _call(PenaltyHook memory _entry, bytes memory _data) private returns (bool success, bytes32 result) {
    uint256 gasLimit = _entry.gasLimit;
    uint256 required = gasLimit + gasLimit / EIP_150_DIVISOR + CALL_OVERHEAD;
    uint256 available = gasleft();
    require(available >= required, LatePenaltyController__InsufficientGas(available, required));

    address target = address(_entry.hook);
    uint256 returned;
    // A call of the language copies all that is returned, at the caller's cost.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
      // The scratch space takes the one word; it is not cleared by a shorter answer.
      mstore(0x00, 0)
      success := call(gasLimit, target, 0, add(_data, 0x20), mload(_data), 0x00, 0x20)
      returned := returndatasize()
      result := mload(0x00)
    }
    success = success && returned >= 32 && result == bytes32(ILateSubmissionHook.onLateSubmission.selector);
  }

  function _find(ILateSubmissionHook _hook) private view returns (bool, uint256) {
    for (uint256 i = 0; i < hooks.length; ++i) {
      if (hooks[i].hook == _hook) return (true, i);
    }
    return (false, 0);
  }
}
