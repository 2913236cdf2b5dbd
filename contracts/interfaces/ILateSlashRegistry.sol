// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Status} from "@aztec/core/libraries/rollup/StakingLib.sol";
import {SlashRound} from "@aztec/core/libraries/SlashRoundLib.sol";
import {Slot} from "@aztec/shared/libraries/TimeMath.sol";

/**
 * @title ILateSlashRegistry
 * @notice Which strikes have been slashed for, of every rollup, in one place.
 *
 * @dev Upstream's `Slasher.slash` has no once-guard, and the rollup's `slash` answers false without a word for a
 *      validator that has exited or moved. So a late slash is three actions: `consume` here, the rollup's `slash`,
 *      and `requireSlashed` here. If any reverts, all of it does. A payload asks `isConsumed` when it is executed and
 *      leaves out what others have consumed, so that neither a vote nor an overlapping payload can hold up the rest
 *      of its batch.
 *
 *      A strike is the pair of rollup and slot, whoever reported it. The registry has no owner and knows neither
 *      ledgers nor hooks: it outlives them, and rollup versions too. One per network is enough, and safety needs it
 *      to be one: whoever sets up a slashing hook names the registry that is already in use. Authority comes from
 *      the rollup that is named: its slasher alone consumes its strikes. A made-up rollup spoils nothing but its own
 *      entries.
 */
interface ILateSlashRegistry {
  /**
   * @notice Emitted when strikes are consumed.
   * @param rollup The rollup in which the strikes happened
   * @param attester Who is slashed for them
   * @param slots Their slots
   */
  event StrikesConsumed(address indexed rollup, address indexed attester, Slot[] slots);

  /**
   * @notice Emitted when an attester's stake has fallen for consumed strikes.
   * @param rollup The rollup
   * @param attester Who was slashed
   * @param fallen By how much; less than the batch's amount if there was less to take, or if some of its strikes had
   *        been consumed before
   */
  event StakeFallen(address indexed rollup, address indexed attester, uint256 indexed fallen);

  /**
   * @notice Emitted when a rollup's slasher is seen for the first time.
   * @param rollup The rollup
   * @param slasher Its slasher at that time
   */
  event SlasherNoted(address indexed rollup, address indexed slasher);

  /// @notice Thrown when a slasher is named that was never noted as the rollup's.
  error LateSlashRegistry__UnknownSlasher(address rollup, address slasher);
  /// @notice Thrown when anyone but the rollup's slasher calls.
  error LateSlashRegistry__CallerNotSlasher(address caller, address slasher);
  /// @notice Thrown when there is nothing to consume: every strike of the batch has been slashed for already.
  error LateSlashRegistry__NothingLeft(address rollup, address attester);
  /// @notice Thrown when a strike has been slashed for already, or is named twice.
  error LateSlashRegistry__AlreadyConsumed(address rollup, Slot slot);
  /// @notice Thrown when `requireSlashed` does not follow `consume` for the same attester in the same transaction.
  error LateSlashRegistry__NothingConsumed(address rollup, address attester);
  /**
   * @notice Thrown when the slash changed nothing.
   * @dev The status says why: None for a validator that has left or moved to another rollup version, Exiting or
   *      Zombie for one whose exit can no longer be slashed.
   */
  error LateSlashRegistry__StakeUnchanged(address attester, Status status, uint256 stake);
  /// @notice Thrown when the rollup's slashing proposer does not tally votes.
  error LateSlashRegistry__NotTally(address proposer);
  /// @notice Thrown when the tally round has not been executed.
  error LateSlashRegistry__RoundNotExecuted(SlashRound round);
  /// @notice Thrown when the committee is not the one of the slot's epoch.
  error LateSlashRegistry__WrongCommittee(bytes32 expected, bytes32 actual);
  /// @notice Thrown when the attester was not the proposer of the slot.
  error LateSlashRegistry__NotTheProposer(Slot slot, address proposer, address attester);
  /// @notice Thrown when the round did not slash the attester for the slot's epoch.
  error LateSlashRegistry__NotSlashedByRound(SlashRound round, address attester);

  /**
   * @notice The first action of a late slash: consumes the strikes and remembers the attester's stake.
   * @param _rollup The rollup in which the strikes happened; the caller has to be its slasher
   * @param _attester Who is about to be slashed
   * @param _slots The slots of the strikes, at least one and none consumed
   */
  function consume(address _rollup, address _attester, Slot[] calldata _slots) external;

  /**
   * @notice The last action of a late slash: reverts unless the attester's stake has fallen since `consume`.
   * @dev Stake is the effective balance on that rollup plus the amount of an exit in progress.
   * @param _rollup The rollup; the caller has to be its slasher
   * @param _attester Who has been slashed
   */
  function requireSlashed(address _rollup, address _attester) external;

  /**
   * @notice Remembers the slasher that a rollup has now, so that its rounds count also after it is replaced. Anyone may
   *         call it; a slashing hook does when it is deployed and with every payload.
   * @param _rollup The rollup
   */
  function noteSlasher(address _rollup) external;

  /**
   * @notice `consumeTallied` for a round of a slasher that the rollup has, or had when it was noted.
   * @dev Without it, replacing the slasher would let payloads slash again for what its voters have slashed.
   * @param _rollup The rollup
   * @param _slasher The slasher whose proposer has tallied the round
   * @param _round The executed round
   * @param _committee The committee of the slot's epoch, in order
   * @param _attester The slashed proposer of the slot
   * @param _slot The slot of the strike
   */
  function consumeTalliedBy(
    address _rollup,
    address _slasher,
    SlashRound _round,
    address[] calldata _committee,
    address _attester,
    Slot _slot
  ) external;

  /**
   * @notice Consumes a strike for which an executed round of the tally proposer has slashed. Anyone may call it.
   * @dev The tally proposer makes its own payloads, which know nothing of this registry. Whoever was slashed by vote
   *      proves it here, and no payload can slash for the same slot again; it still slashes for the rest of its
   *      batch.
   *      The other way round nothing locks: whoever votes leaves out the strikes that are consumed here.
   * @param _rollup The rollup
   * @param _round The executed round
   * @param _committee The committee of the slot's epoch, in order
   * @param _attester The slashed proposer of the slot
   * @param _slot The slot of the strike
   */
  function consumeTallied(
    address _rollup,
    SlashRound _round,
    address[] calldata _committee,
    address _attester,
    Slot _slot
  ) external;

  /**
   * @notice Whether a strike has been slashed for.
   * @param _rollup The rollup
   * @param _slot The slot of the strike
   */
  function isConsumed(address _rollup, Slot _slot) external view returns (bool);
}
