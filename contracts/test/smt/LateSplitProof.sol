// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// A precondition here is an assumption of the proof: nobody ever reads its error.
// solhint-disable gas-custom-errors, reason-string

import {LateSplitLib} from "../../libraries/LateSplitLib.sol";

/**
 * @title LateSplitProof
 * @notice What must hold of the split for every share and all valid terms. Never deployed: `npm run smt` proves it.
 */
contract LateSplitProof {
  /**
   * @notice The parts never exceed the whole, so the coinbase can always pay them.
   * @param _share The share to split
   * @param _submitterBps The submitter's share in basis points
   * @param _burnBps The forfeited share in basis points
   * @param _isCredited Whether there is a submitter to credit
   */
  function partsFitIntoTheShare(
    uint256 _share,
    uint256 _submitterBps,
    uint256 _burnBps,
    bool _isCredited
  ) external pure {
    require(_share <= type(uint256).max / LateSplitLib.WHOLE_BPS);
    require(LateSplitLib.isValid(_submitterBps, _burnBps));
    (uint256 cut, uint256 forfeit) = LateSplitLib.splitDown(_share, _submitterBps, _burnBps, _isCredited);
    assert(cut + forfeit <= _share);
  }

  /**
   * @notice Naming nobody moves the cut to the forfeited part, to the last unit, and changes nothing else.
   * @param _share The share to split
   * @param _submitterBps The submitter's share in basis points
   * @param _burnBps The forfeited share in basis points
   */
  function anUncreditedCutIsForfeited(uint256 _share, uint256 _submitterBps, uint256 _burnBps) external pure {
    require(_share <= type(uint256).max / LateSplitLib.WHOLE_BPS);
    require(LateSplitLib.isValid(_submitterBps, _burnBps));
    (uint256 cut, uint256 forfeit) = LateSplitLib.splitDown(_share, _submitterBps, _burnBps, true);
    (uint256 noCut, uint256 allForfeit) = LateSplitLib.splitDown(_share, _submitterBps, _burnBps, false);
    assert(noCut == 0);
    assert(allForfeit == cut + forfeit);
  }

  /**
   * @notice Each part is the exact fraction rounded down: off by less than one unit, never upwards.
   * @param _share The share to split
   * @param _submitterBps The submitter's share in basis points
   * @param _burnBps The forfeited share in basis points
   */
  function partsAreRoundedDown(uint256 _share, uint256 _submitterBps, uint256 _burnBps) external pure {
    require(_share < type(uint256).max / LateSplitLib.WHOLE_BPS);
    require(LateSplitLib.isValid(_submitterBps, _burnBps));
    (uint256 cut, uint256 forfeit) = LateSplitLib.splitDown(_share, _submitterBps, _burnBps, true);
    assert(cut * LateSplitLib.WHOLE_BPS <= _share * _submitterBps);
    assert(_share * _submitterBps - cut * LateSplitLib.WHOLE_BPS < LateSplitLib.WHOLE_BPS);
    assert(forfeit * LateSplitLib.WHOLE_BPS <= _share * _burnBps);
    assert(_share * _burnBps - forfeit * LateSplitLib.WHOLE_BPS < LateSplitLib.WHOLE_BPS);
  }

  /**
   * @notice Terms are valid exactly if the two shares fit into the whole, and checking them never overflows.
   * @param _submitterBps The submitter's share in basis points, any value
   * @param _burnBps The forfeited share in basis points, any value
   */
  function validTermsFitIntoTheWhole(uint256 _submitterBps, uint256 _burnBps) external pure {
    bool isValid = LateSplitLib.isValid(_submitterBps, _burnBps);
    bool fits = _submitterBps <= 10_000 && _burnBps <= 10_000 && _submitterBps + _burnBps <= 10_000;
    assert(isValid == fits);
  }

  /**
   * @notice What is forfeited is the same whenever a checkpoint lands, each part stays within its bounds, and nothing
   *         overflows.
   * @param _firstBps The submitter's part without delay, in basis points
   * @param _submitterBps What it rises to, in basis points
   * @param _burnBps What is burned in every case, in basis points
   * @param _delay Seconds since the window opened
   * @param _windowSeconds The length of the window in seconds
   */
  function theForfeitedPartsAddUpAtAnyDelay(
    uint256 _firstBps,
    uint256 _submitterBps,
    uint256 _burnBps,
    uint256 _delay,
    uint256 _windowSeconds
  ) external pure {
    require(_firstBps <= _submitterBps);
    require(LateSplitLib.isValid(_submitterBps, _burnBps));
    require(_windowSeconds <= type(uint32).max);
    require(_delay < _windowSeconds);
    (uint256 cutBps, uint256 restBps) = LateSplitLib.resolve(
      _firstBps,
      _submitterBps,
      _burnBps,
      _delay,
      _windowSeconds
    );
    assert(cutBps + restBps == _submitterBps + _burnBps);
    assert(_firstBps <= cutBps && cutBps <= _submitterBps);
    assert(LateSplitLib.isValid(cutBps, restBps));
  }

  /**
   * @notice A later rescue is never worth less.
   * @param _firstBps The submitter's part without delay, in basis points
   * @param _submitterBps What it rises to, in basis points
   * @param _delay Seconds since the window opened
   * @param _later Seconds since the window opened, no fewer
   * @param _windowSeconds The length of the window in seconds
   */
  function theCutNeverFalls(
    uint256 _firstBps,
    uint256 _submitterBps,
    uint256 _delay,
    uint256 _later,
    uint256 _windowSeconds
  ) external pure {
    require(_firstBps <= _submitterBps);
    require(_submitterBps <= LateSplitLib.WHOLE_BPS);
    require(_windowSeconds <= type(uint32).max);
    require(_delay <= _later && _later < _windowSeconds);
    (uint256 cutBps, ) = LateSplitLib.resolve(_firstBps, _submitterBps, 0, _delay, _windowSeconds);
    (uint256 laterBps, ) = LateSplitLib.resolve(_firstBps, _submitterBps, 0, _later, _windowSeconds);
    assert(cutBps <= laterBps);
  }
}
