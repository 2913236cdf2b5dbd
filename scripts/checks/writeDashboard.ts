import { writeFileSync } from "node:fs";

import { buildDashboard } from "../../harness/metrics/dashboard.ts";

writeFileSync("ops/grafana/build-ahead.json", `${JSON.stringify(buildDashboard(), undefined, 2)}\n`);
