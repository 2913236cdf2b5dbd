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
}
