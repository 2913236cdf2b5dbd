// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SubmitEpochRootProofArgs} from "@aztec/core/interfaces/IRollup.sol";
import {EpochProofLib} from "@aztec/core/libraries/rollup/EpochProofLib.sol";
import {LateRewardLib, Settlement} from "./LateRewardLib.sol";

/**
 * @title LateSettlementExtLib
 * @notice The proof of an epoch that has late slots, as an external library: no other proof pays for it.
 *
 * @dev Linked into `BuildAheadOperationsExtLib`, which hands such a proof on as it came. Upstream's `EpochProofLib` is
 *      here a second time, so that one delegatecall is enough.
 */
library LateSettlementExtLib {
  /**
   * @notice Accepts an epoch proof, and splits the rewards of the late checkpoints that it proves.
   * @dev Upstream decides whether the proof stands; see LateRewardLib for what comes before and after.
   * @param _args Range, public inputs, fees, attestations, blob opening and proof
   */
  function submitEpochRootProof(SubmitEpochRootProofArgs calldata _args) external {
    Settlement memory settlement = LateRewardLib.prepare(_args.start, _args.end, _args.fees);
    EpochProofLib.submitEpochRootProof(_args);
    LateRewardLib.settle(_args.fees, settlement);
  }
}
