// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {IPayload} from "@aztec/governance/interfaces/IPayload.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @notice Who executes the payloads of a slashing hook.
 * @dev Upstream's tally proposer is no path: it executes only payloads of its own making. Where it is in place,
 *      voters read the ledger and vote; the governance path remains.
 */
enum SlashPath {
  Governance,
  EmpireRound
}

/**
 * @notice When and how much a slashing hook slashes.
 * @param threshold The weight of strikes, not slashed for yet, from which a payload is made; at most what a full batch
 *        weighs, at the ledger's weights when it is set. Weights that change later can put it out of reach.
 * @param amountPerWeight What each unit of weight costs, in units of the staking asset
 * @param lifetimeSlots For how many slots after its newest strike a payload can be executed, at least the ledger's
 *        window; it has to leave room for the path, which is weeks for governance
 */
struct SlashTerms {
  uint32 threshold;
  uint32 lifetimeSlots;
  uint96 amountPerWeight;
}

/**
 * @notice The strikes of a proposer that a payload would slash for now.
 * @param slots Their slots, oldest first
 * @param prices What each of them costs, in units of the staking asset
 * @param weight Their weight
 * @param amount The sum of their prices: what the payload would slash
 */
struct StrikeBatch {
  Slot[] slots;
  uint256[] prices;
  uint256 weight;
  uint256 amount;
}

/**
 * @title ILateSlashingHook
 * @notice Turns a batch of strikes into a payload that upstream's `Slasher` executes.
 *
 * @dev The hook slashes nobody. It makes payloads that others may choose: governance by proposal, or proposers by
 *      signalling in a round of the empire slashing proposer. A payload's address commits to rollup, attester, slots
 *      and their prices, so that the same batch has one payload only and everybody can check what it does. By the
 *      time of its execution some strikes may have been slashed for otherwise; it then slashes for the others.
 */
interface ILateSlashingHook {
  /**
   * @notice Emitted when a payload exists for a batch.
   * @param attester Whom it slashes
   * @param slashPayload What the slasher executes; on the empire path, what to signal for
   * @param proposal On the governance path, what to propose; zero otherwise
   * @param amount What it slashes at most: the price of all its slots
   * @param slots The slots it slashes for, unless they are consumed before it is executed
   */
  event BatchOpened(
    address indexed attester,
    IPayload indexed slashPayload,
    IPayload proposal,
    uint256 amount,
    Slot[] slots
  );

  /**
   * @notice Emitted when governance sets the terms, and once at deployment.
   * @param terms The terms from now on
   */
  event SlashTermsUpdated(SlashTerms terms);

  /// @notice Thrown when a threshold or an amount of zero would slash for nothing, or nothing at all.
  error LateSlashingHook__InvalidTerms(uint256 threshold, uint256 amountPerWeight);
  /// @notice Thrown when a payload could end before the ledger forgets the strikes that it is for.
  error LateSlashingHook__LifetimeTooShort(uint256 lifetimeSlots, uint256 windowSlots);
  /// @notice Thrown when a full batch of the lightest strikes that count would stay below the threshold.
  error LateSlashingHook__ThresholdOutOfReach(uint256 threshold, uint256 fullBatch);
  /// @notice Thrown when anyone but the controller reports a late landing.
  error LateSlashingHook__CallerNotController(address caller, address controller);
  /// @notice Thrown when the ledger has not recorded the late landing yet: the call is to be retried.
  error LateSlashingHook__NotInLedger(Slot slot);
  /// @notice Thrown when the attester's strikes do not suffice.
  error LateSlashingHook__BelowThreshold(address attester, uint256 weight, uint256 threshold);
  /// @notice Thrown when the rollup's slasher cannot execute what the hook's path would bring it.
  error LateSlashingHook__PathUnavailable(SlashPath path, address slasher, address executor);
  /// @notice Thrown when the attester has nothing left on this rollup that could be slashed: it exited, moved or is
  /// spent.
  error LateSlashingHook__NothingToSlash(address attester, Status status);

  /**
   * @notice Sets the terms for payloads from now on. Owner only.
   * @dev A batch is the oldest strikes. Were a full one allowed to stay below the threshold, a proposer with that many
   *      light strikes could add heavier ones and still not be slashed.
   * @param _terms The new terms
   */
  function setTerms(SlashTerms calldata _terms) external;

  /**
   * @notice Makes the payload for an attester's strikes, unless it exists. Anyone may call it.
   * @dev Late landings do so by themselves; misses, and strikes left over after a slash, need this call.
   * @param _attester Whom to slash
   * @return payload What to signal for (empire path) or to propose to governance (governance path)
   */
  function open(address _attester) external returns (IPayload payload);

  /**
   * @notice Makes the payload for an attester's strikes from a slot on, unless it exists. Anyone may call it.
   * @dev A veto forbids one payload, and the oldest strikes make the same one for as long as they are in the window. A
   *      repeat offender would be shielded by it; a batch may therefore begin after the strikes that were vetoed.
   * @param _attester Whom to slash
   * @param _first The first slot whose strike may be in the batch
   * @return payload What to signal for (empire path) or to propose to governance (governance path)
   */
  function openFrom(address _attester, Slot _first) external returns (IPayload payload);

  /// @notice The terms in force.
  function getTerms() external view returns (SlashTerms memory);

  /**
   * @notice The strikes of an attester that a payload would slash for now, at most `MAX_BATCH`.
   * @param _attester Whom to slash
   */
  function getBatch(address _attester) external view returns (StrikeBatch memory);

  /**
   * @notice The strikes of an attester from a slot on that a payload would slash for now, at most `MAX_BATCH`.
   * @param _attester Whom to slash
   * @param _first The first slot whose strike may be in the batch
   */
  function getBatchFrom(address _attester, Slot _first) external view returns (StrikeBatch memory);
}
