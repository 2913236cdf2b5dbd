// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ILateSubmissionHook} from "./ILateSubmissionHook.sol";

/**
 * @notice A registered penalty hook.
 * @param hook The hook
 * @param gasLimit Gas that each call of the hook is given, no more and no less
 * @param firstSlot The first slot that the hook judges: the one after the slot of its registration
 */
struct PenaltyHook {
  ILateSubmissionHook hook;
  uint32 gasLimit;
  uint64 firstSlot;
}

/**
 * @title ILatePenaltyController
 * @notice Pulls penalties from the rollup's records of settled late submissions.
 *
 * @dev The rollup never calls this contract: a proposal and a proof cannot be held up or made dearer by a penalty.
 *      Assumption for safety: the rollup's record of a settled slot never changes. Assumption for liveness: somebody
 *      calls `penalize` before the rollup's ring of records overwrites the slot (at least eight epochs); until then
 *      a hook that failed can be retried, afterwards its penalty for that slot has lapsed. Hooks are untrusted: one
 *      that reverts, burns its gas, re-enters or returns junk harms nobody but itself.
 */
interface ILatePenaltyController {
  /**
   * @notice Emitted when governance registers a hook.
   * @param hook The hook
   * @param gasLimit Gas that each call of it is given
   * @param firstSlot The first slot that it judges
   */
  event PenaltyHookAdded(ILateSubmissionHook indexed hook, uint256 gasLimit, Slot firstSlot);

  /**
   * @notice Emitted when governance removes a hook.
   * @param hook The hook
   */
  event PenaltyHookRemoved(ILateSubmissionHook indexed hook);

  /**
   * @notice Emitted when a hook has judged a slot: it is never called for that slot again.
   * @param slot The header slot of the late submission
   * @param hook The hook
   */
  event PenaltyApplied(Slot indexed slot, ILateSubmissionHook indexed hook);

  /**
   * @notice Emitted when a hook failed and stays pending for the slot.
   * @param slot The header slot of the late submission
   * @param hook The hook
   * @param reason The first word of what the hook returned or reverted with, zero-padded; zero if there was nothing
   */
  event PenaltyFailed(Slot indexed slot, ILateSubmissionHook indexed hook, bytes32 reason);

  /// @notice Thrown when no epoch proof has settled the late submission yet: it could still leave the chain.
  error LatePenaltyController__NotSettled(Slot slot);
  /// @notice Thrown when the caller left too little gas for the next hook, which must not fail for want of it.
  error LatePenaltyController__InsufficientGas(uint256 available, uint256 required);
  /// @notice Thrown when the list of hooks is full.
  error LatePenaltyController__TooManyHooks(uint256 maximum);
  /// @notice Thrown when the hook to add is registered already.
  error LatePenaltyController__AlreadyRegistered(ILateSubmissionHook hook);
  /// @notice Thrown when the hook is not registered.
  error LatePenaltyController__NotRegistered(ILateSubmissionHook hook);
  /// @notice Thrown when the hook to add has no code.
  error LatePenaltyController__NotAContract(ILateSubmissionHook hook);
  /// @notice Thrown when the gas limit of the hook to add is out of bounds.
  error LatePenaltyController__GasLimitOutOfBounds(uint256 gasLimit, uint256 minimum, uint256 maximum);

  /**
   * @notice Registers a hook at the end of the list. Owner only.
   * @param _hook The hook, a contract
   * @param _gasLimit Gas for each call of it, within `MIN_HOOK_GAS` and `MAX_HOOK_GAS`
   */
  function addHook(ILateSubmissionHook _hook, uint32 _gasLimit) external;

  /**
   * @notice Removes a hook; the others keep their order. Owner only.
   * @dev Registered again, it judges only slots from then on.
   * @param _hook The hook
   */
  function removeHook(ILateSubmissionHook _hook) external;

  /**
   * @notice Calls every hook that is pending for a settled late slot. Anyone may call it, any number of times.
   * @param _slot The header slot of the late submission
   * @return pending How many hooks have failed and remain pending
   */
  function penalize(Slot _slot) external returns (uint256 pending);

  /**
   * @notice `penalize` for several slots.
   * @dev Each slot has to be settled. Worst case per slot: `MAX_HOOKS` hooks that burn `MAX_HOOK_GAS` each.
   * @param _slots The header slots
   * @return pending How many pairs of slot and hook have failed and remain pending
   */
  function penalizeBatch(Slot[] calldata _slots) external returns (uint256 pending);

  /// @notice The registered hooks, in the order in which they are called.
  function getHooks() external view returns (PenaltyHook[] memory);

  /**
   * @notice The first slot that a registered hook judges.
   * @param _hook The hook; `LatePenaltyController__NotRegistered` if it is none
   */
  function getFirstSlot(ILateSubmissionHook _hook) external view returns (Slot);

  /**
   * @notice Whether a hook has judged a slot.
   * @param _slot The header slot
   * @param _hook The hook, registered or not
   */
  function isApplied(Slot _slot, ILateSubmissionHook _hook) external view returns (bool);
}
