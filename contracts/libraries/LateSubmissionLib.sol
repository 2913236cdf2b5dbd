// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {TimeLib, Epoch, Slot, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {STFLib} from "@aztec/core/libraries/rollup/STFLib.sol";
import {ChainTipsLib, CompressedChainTips} from "@aztec/core/libraries/compressed-data/Tips.sol";
import {SafeCast} from "@oz/utils/math/SafeCast.sol";
import {SlotDerivation} from "@oz/utils/SlotDerivation.sol";
import {TransientSlot} from "@oz/utils/TransientSlot.sol";
import {ILateSubmission, LateSubmissionRecord, LateSubmissionTerms} from "../interfaces/ILateSubmission.sol";
import {LateSplitLib} from "./LateSplitLib.sol";

/**
 * @notice A record as stored: two words.
 * @dev The first word is complete before the second, so that settling rewrites the second only.
 */
struct StoredRecord {
  address submitter;
  uint32 slot;
  uint32 delay;
  uint16 submitterBps;
  uint16 burnBps;
  address originalProposer;
  uint88 checkpointNumber;
  bool isSettled;
}

/**
 * @notice The late slots of one epoch: the epoch's number in the top 32 bits, a bit for each slot below.
 * @dev The tag tells the marks of this epoch from those of an older one that used the same place in the ring.
 */
type LateMarks is uint256;

/// @custom:storage-location erc7201:buildahead.storage.LateSubmission
struct LateSubmissionStorage {
  LateSubmissionTerms terms;
  mapping(uint256 ringIndex => LateMarks marks) marks;
  mapping(uint256 ringIndex => StoredRecord record) records;
}

/**
 * @title LateSubmissionLib
 * @notice Terms, records and marks of late submissions, and the recipient named within a transaction.
 *
 * @dev Records and marks live in rings, so that storage is reused instead of grown: the rings span
 *      max(8, proof submission epochs + 2) epochs, longer than a checkpoint can wait for its proof.
 *
 *      Both are hints. A checkpoint can leave the chain after it was recorded (a prune, an invalidation), and nothing
 *      is cleaned up then; whoever reads a record asks the chain whether its checkpoint of that number has that slot.
 */
library LateSubmissionLib {
  using ChainTipsLib for CompressedChainTips;
  using SafeCast for uint256;
  using SlotDerivation for bytes32;
  using TimeLib for Slot;
  using TransientSlot for *;

  /// @notice Slots of an epoch that one word of marks can hold.
  uint256 internal constant MAX_EPOCH_DURATION = 224;

  /// @notice The least number of epochs that the rings span.
  uint256 internal constant MIN_RING_EPOCHS = 8;

  /// @dev keccak256(abi.encode(uint256(keccak256("buildahead.storage.LateSubmission")) - 1)) & ~bytes32(uint256(0xff))
  bytes32 private constant STORAGE_POSITION = 0x742aee15f6c12670272603ecdb47e531f5068b1e9c8e80f10d05a6426e2c7100;

  /// @dev keccak256(abi.encode(uint256(keccak256("buildahead.transient.LateRecipient")) - 1)) & ~bytes32(uint256(0xff))
  bytes32 private constant RECIPIENT_POSITION = 0x5efd35e0be5faeb2e507615257853bbb321e8fcbdf5d013954f65aa9ad893000;

  /**
   * @notice Sets the first terms and checks that the rollup's epochs fit the marks.
   * @param _terms The terms to start with
   */
  function initialize(LateSubmissionTerms memory _terms) internal {
    uint256 epochDuration = TimeLib.getStorage().epochDuration;
    require(
      epochDuration <= MAX_EPOCH_DURATION,
      ILateSubmission.LateSubmission__EpochTooLong(epochDuration, MAX_EPOCH_DURATION)
    );
    setTerms(_terms);
  }

  /**
   * @notice Sets the terms for later submissions.
   * @dev Validations performed:
   *      - the submitter's part does not fall: LateSubmission__FirstShareTooLarge
   *      - what is forfeited is not more than the whole: LateSubmission__SplitTooLarge
   *      - the window fits into a slot: LateSubmission__WindowTooLong
   * @param _terms The new terms
   */
  function setTerms(LateSubmissionTerms memory _terms) internal {
    require(
      _terms.firstBps <= _terms.submitterBps,
      ILateSubmission.LateSubmission__FirstShareTooLarge(_terms.firstBps, _terms.submitterBps)
    );
    require(
      LateSplitLib.isValid(_terms.submitterBps, _terms.burnBps),
      ILateSubmission.LateSubmission__SplitTooLarge(_terms.submitterBps, _terms.burnBps)
    );
    uint256 slotDuration = TimeLib.getStorage().slotDuration;
    require(
      _terms.windowSeconds <= slotDuration,
      ILateSubmission.LateSubmission__WindowTooLong(_terms.windowSeconds, slotDuration)
    );
    getStorage().terms = _terms;
    emit ILateSubmission.LateSubmissionTermsUpdated(_terms);
  }

  /**
   * @notice Names who is credited if the caller lands a late checkpoint in this transaction.
   * @param _recipient Who is credited, not zero
   */
  function nameRecipient(address _recipient) internal {
    require(_recipient != address(0), ILateSubmission.LateSubmission__ZeroRecipient());
    _recipientSlot().tstore(_recipient);
  }

  /**
   * @notice Takes the recipient that the caller has named, and forgets it.
   * @dev Without a name, a plain account is credited itself. A contract is not: publishers send through Multicall3, a
   *      shared contract from which anyone could claim the reward.
   * @return recipient Who is credited; zero for nobody
   */
  function takeRecipient() internal returns (address recipient) {
    TransientSlot.AddressSlot named = _recipientSlot();
    recipient = named.tload();
    if (recipient != address(0)) {
      named.tstore(address(0));
      // Asks whether the caller is a plain account; it authorises nothing.
      // solhint-disable-next-line avoid-tx-origin
    } else if (msg.sender == tx.origin) {
      recipient = msg.sender;
    }
  }

  /**
   * @notice Writes the record of a late submission and marks its slot. The record keeps the split that the terms in
   *         force give for the delay.
   * @param _slot The header slot
   * @param _epoch Its epoch
   * @param _checkpointNumber The checkpoint's number
   * @param _originalProposer The committee member assigned to the slot
   */
  function record(Slot _slot, Epoch _epoch, uint256 _checkpointNumber, address _originalProposer) internal {
    LateSubmissionStorage storage store = getStorage();
    LateSubmissionTerms memory terms = store.terms;
    address submitter = takeRecipient();
    // The submission slot is the one after the header slot: this is the late path.
    uint256 delay = block.timestamp - Timestamp.unwrap((_slot + Slot.wrap(1)).toTimestamp());
    (uint256 cutBps, uint256 restBps) = LateSplitLib.resolve(
      terms.firstBps,
      terms.submitterBps,
      terms.burnBps,
      delay,
      terms.windowSeconds
    );

    store.records[recordIndex(_slot)] = StoredRecord({
      submitter: submitter,
      slot: Slot.unwrap(_slot).toUint32(),
      delay: delay.toUint32(),
      // Neither exceeds the whole, which fits.
      submitterBps: uint16(cutBps),
      burnBps: uint16(restBps),
      originalProposer: _originalProposer,
      checkpointNumber: _checkpointNumber.toUint88(),
      isSettled: false
    });
    _mark(_slot, _epoch);

    emit ILateSubmission.LateSubmissionRecorded(_slot, _checkpointNumber, _originalProposer, submitter, delay);
  }

  /**
   * @notice The late submission of a slot, checked against the chain.
   * @dev A settled record needs no look at the chain: what is proven stays.
   * @param _slot The header slot
   */
  function getRecord(Slot _slot) internal view returns (LateSubmissionRecord memory) {
    StoredRecord memory stored = getStorage().records[recordIndex(_slot)];
    require(
      stored.checkpointNumber != 0 &&
        stored.slot == Slot.unwrap(_slot) &&
        (stored.isSettled || isInChain(stored.checkpointNumber, _slot)),
      ILateSubmission.LateSubmission__UnknownSlot(_slot)
    );
    return
      LateSubmissionRecord({
        slot: _slot,
        checkpointNumber: stored.checkpointNumber,
        submitter: stored.submitter,
        originalProposer: stored.originalProposer,
        submitterBps: stored.submitterBps,
        burnBps: stored.burnBps,
        delay: stored.delay,
        isSettled: stored.isSettled
      });
  }

  /**
   * @notice Whether a checkpoint of a slot ever landed late, whatever became of it.
   * @dev No longer known once the slot one ring later has taken the record's place.
   * @param _slot The header slot
   */
  function hasRecord(Slot _slot) internal view returns (bool) {
    StoredRecord storage stored = getStorage().records[recordIndex(_slot)];
    return stored.checkpointNumber != 0 && stored.slot == Slot.unwrap(_slot);
  }

  /**
   * @notice A bit for each slot of the epoch that was marked late, the first slot in the lowest bit.
   * @param _epoch The epoch
   */
  function getMarks(Epoch _epoch) internal view returns (uint256) {
    uint256 marks = LateMarks.unwrap(getStorage().marks[Epoch.unwrap(_epoch) % ringEpochs()]);
    if (marks >> MAX_EPOCH_DURATION != Epoch.unwrap(_epoch)) return 0;
    return marks & ((1 << MAX_EPOCH_DURATION) - 1);
  }

  /**
   * @notice Whether any slot of an epoch was marked late.
   * @dev `getMarks(epoch) != 0` for callers that hold the number of epochs already and count every unit of gas.
   * @param _epoch The epoch
   * @param _proofSubmissionEpochs The rollup's proof submission epochs
   * @return Whether there is a mark
   */
  function isMarked(uint256 _epoch, uint256 _proofSubmissionEpochs) internal view returns (bool) {
    uint256 marks = LateMarks.unwrap(getStorage().marks[_epoch % _ringEpochs(_proofSubmissionEpochs)]);
    return marks >> MAX_EPOCH_DURATION == _epoch && marks << (256 - MAX_EPOCH_DURATION) != 0;
  }

  /**
   * @notice Whether a checkpoint is part of the chain, its log is still stored, and it has that slot.
   * @dev Upstream's accessor reverts where this answers no.
   * @param _checkpointNumber The checkpoint's number, any value
   * @param _slot The slot it should have
   */
  function isInChain(uint256 _checkpointNumber, Slot _slot) internal view returns (bool) {
    return isAvailable(_checkpointNumber) && STFLib.getSlotNumber(_checkpointNumber) == _slot;
  }

  /**
   * @notice Whether upstream still stores the log of a checkpoint.
   * @param _checkpointNumber The checkpoint's number, any value
   */
  function isAvailable(uint256 _checkpointNumber) internal view returns (bool) {
    uint256 pending = STFLib.getStorage().tips.getPending();
    return _checkpointNumber <= pending && pending - _checkpointNumber < STFLib.roundaboutSize();
  }

  /**
   * @notice Where a slot's record lives in the ring.
   * @param _slot The header slot
   */
  function recordIndex(Slot _slot) internal view returns (uint256) {
    return Slot.unwrap(_slot) % (ringEpochs() * TimeLib.getStorage().epochDuration);
  }

  /// @notice How many epochs the rings span.
  function ringEpochs() internal view returns (uint256) {
    return _ringEpochs(TimeLib.getStorage().proofSubmissionEpochs);
  }

  /**
   * @notice The ERC-7201 namespace of late submissions.
   * @return storageStruct The namespace's storage
   */
  function getStorage() internal pure returns (LateSubmissionStorage storage storageStruct) {
    bytes32 position = STORAGE_POSITION;
    // The only way to place a struct in a namespace.
    // solhint-disable-next-line no-inline-assembly
    assembly {
      storageStruct.slot := position
    }
  }

  /// @dev Sets the slot's bit in its epoch's word, and takes the word over if it still holds an older epoch.
  function _mark(Slot _slot, Epoch _epoch) private {
    uint256 index = Epoch.unwrap(_epoch) % ringEpochs();
    mapping(uint256 ringIndex => LateMarks marks) storage ring = getStorage().marks;
    uint256 tag = Epoch.unwrap(_epoch) << MAX_EPOCH_DURATION;
    uint256 marks = LateMarks.unwrap(ring[index]);
    if (marks >> MAX_EPOCH_DURATION != Epoch.unwrap(_epoch)) marks = tag;
    uint256 bit = 1 << (Slot.unwrap(_slot) % TimeLib.getStorage().epochDuration);
    ring[index] = LateMarks.wrap(marks | bit);
  }

  function _recipientSlot() private view returns (TransientSlot.AddressSlot) {
    return RECIPIENT_POSITION.deriveMapping(msg.sender).asAddress();
  }

  /// @dev A checkpoint of epoch E can be proven until epoch E + proofSubmissionEpochs ends; one more for penalties.
  function _ringEpochs(uint256 _proofSubmissionEpochs) private pure returns (uint256) {
    unchecked {
      return _proofSubmissionEpochs + 2 > MIN_RING_EPOCHS ? _proofSubmissionEpochs + 2 : MIN_RING_EPOCHS;
    }
  }
}
