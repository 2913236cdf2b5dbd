// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Slot} from "@aztec/shared/libraries/TimeMath.sol";
import {ILatePenaltyController} from "../../interfaces/ILatePenaltyController.sol";
import {LateSubmissionRecord} from "../../interfaces/ILateSubmission.sol";
import {ILateSubmissionHook} from "../../interfaces/ILateSubmissionHook.sol";

/**
 * @title PenaltyHook__Mock
 * @notice A hook that behaves as it is told, and as badly as a hook can.
 */
contract PenaltyHook__Mock is ILateSubmissionHook {
  enum Behaviour {
    Record,
    Revert,
    RevertEmpty,
    WrongSelector,
    DirtySelector,
    ShortAnswer,
    NoAnswer,
    BurnGas,
    BombReturn,
    BombRevert,
    Reenter,
    ReenterAndSwallow,
    RemoveItself
  }

  /// @notice Bytes of a bomb: some 100,000 gas for whoever makes it, and as much for a caller that copies it.
  uint256 public constant BOMB_SIZE = 200_000;

  Behaviour public behaviour;
  uint256 public gasSeen;
  bool public hasReentered;
  LateSubmissionRecord[] private judged;

  error PenaltyHook__Refused(Slot slot, uint256 padding);

  constructor(Behaviour _behaviour) {
    behaviour = _behaviour;
  }

  function setBehaviour(Behaviour _behaviour) external {
    behaviour = _behaviour;
  }

  function onLateSubmission(
    LateSubmissionRecord calldata _record
  ) external override(ILateSubmissionHook) returns (bytes4) {
    uint256 gasAtStart = gasleft();
    if (behaviour == Behaviour.Revert) revert PenaltyHook__Refused(_record.slot, type(uint256).max);
    // A revert without a reason is what is asked for.
    // solhint-disable-next-line gas-custom-errors, reason-string
    if (behaviour == Behaviour.RevertEmpty) revert();
    if (behaviour == Behaviour.WrongSelector) return 0xdeadbeef;
    if (behaviour == Behaviour.BurnGas) while (true) {}
    if (behaviour >= Behaviour.DirtySelector && behaviour <= Behaviour.BombRevert) _answerRaw(behaviour);
    if (behaviour == Behaviour.Reenter || behaviour == Behaviour.ReenterAndSwallow) _reenter(_record.slot);
    if (behaviour == Behaviour.RemoveItself) ILatePenaltyController(msg.sender).removeHook(this);

    gasSeen = gasAtStart;
    judged.push(_record);
    return ILateSubmissionHook.onLateSubmission.selector;
  }

  function getJudged() external view returns (LateSubmissionRecord[] memory) {
    return judged;
  }

  function _reenter(Slot _slot) private {
    if (behaviour == Behaviour.Reenter) {
      ILatePenaltyController(msg.sender).penalize(_slot);
      return;
    }
    try ILatePenaltyController(msg.sender).penalize(_slot) {
      hasReentered = true;
    } catch {
      hasReentered = false;
    }
  }

  function _answerRaw(Behaviour _behaviour) private pure {
    bytes4 selector = ILateSubmissionHook.onLateSubmission.selector;
    // The compiler makes no malformed answer.
    // solhint-disable-next-line no-inline-assembly
    assembly {
      mstore(0, selector)
      switch _behaviour
      case 4 {
        mstore(0, or(selector, 1))
        return(0, 32)
      }
      case 5 {
        return(0, 4)
      }
      case 6 {
        return(0, 0)
      }
      case 8 {
        mstore(0, 0)
        return(0, BOMB_SIZE)
      }
      case 9 {
        revert(0, BOMB_SIZE)
      }
    }
  }
}
