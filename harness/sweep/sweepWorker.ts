// A process of the sweep's pool: runs one point after the other.
import workerpool from "workerpool";

import { runPoint } from "./runPoint.ts";

workerpool.worker({ runPoint });
