// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ValidatorSelectionStorage} from "@aztec/core/interfaces/IValidatorSelection.sol";
import {ValidatorSelectionLib} from "@aztec/core/libraries/rollup/ValidatorSelectionLib.sol";
import {TimeLib, Epoch, Timestamp} from "@aztec/core/libraries/TimeLib.sol";
import {SafeCast} from "@oz/utils/math/SafeCast.sol";
import {Checkpoints} from "@oz/utils/structs/Checkpoints.sol";

/**
 * @title SampleSeedLib
 * @notice Upstream's `getSampleSeed` for an epoch that has begun, at a price that does not grow with the chain's age.
 *
 * @dev Upstream searches all seeds since genesis by halves. The one that is asked for while proposing is always among
 *      the newest: no more than `lagInEpochsForRandao` seeds, and one for a late header, are newer. So the search
 *      begins at the newest and walks back.
 */
library SampleSeedLib {
  using SafeCast for uint256;
  using TimeLib for Epoch;

  /**
   * @notice The seed from which an epoch's committee and proposers are drawn.
   * @param _epoch An epoch that has begun; upstream refuses others, this library does not ask
   * @return The seed, upstream's to the bit
   */
  function getSampleSeed(Epoch _epoch) internal view returns (uint256) {
    ValidatorSelectionStorage storage store = ValidatorSelectionLib.getStorage();
    uint32 lag = store.lagInEpochsForRandao * TimeLib.getEpochDurationInSeconds().toUint32();
    uint32 sampleTime = Timestamp.unwrap(_epoch.toTimestamp()).toUint32() - lag;

    Checkpoints.Checkpoint224[] storage randaos = store.randaos._checkpoints;
    uint224 randao = 0;
    for (uint256 i = randaos.length; i > 0; --i) {
      Checkpoints.Checkpoint224 memory candidate = randaos[i - 1];
      if (candidate._key <= sampleTime) {
        randao = candidate._value;
        break;
      }
    }
    return uint256(keccak256(abi.encode(_epoch, randao)));
  }
}
