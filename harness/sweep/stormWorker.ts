// A process of the storms' pool: runs one batch after the other.
import workerpool from "workerpool";

import { runModelBatch } from "./stormBatches.ts";

workerpool.worker({ runModelBatch });
