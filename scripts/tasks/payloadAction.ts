import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Address } from "viem";

import { describeValue } from "../../harness/deployments/describeValue.ts";
import type { InspectedPayload } from "../../harness/deployments/inspectPayload.ts";
import { InvalidOptionError } from "../../harness/rehearsal/rehearsalOptions.ts";
import { buildFirst } from "./buildFirst.ts";
import { confirm } from "./confirm.ts";
import { openNetwork, openTarget, type OpenNetwork } from "./openTarget.ts";
import { parseAddress, readJson } from "./readArguments.ts";
import { runAction } from "./runAction.ts";

interface PayloadArguments {
  readonly inspect: string;
  readonly name: string;
  readonly setTerms: string;
  readonly confirmations: number;
  readonly yes: boolean;
}

export default function payloadAction(options: PayloadArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  return runAction(async () => {
    const { inspect, setTerms } = options;
    await buildFirst(hre);
    const { inspectPayload } = await import("../../harness/deployments/inspectPayload.ts");
    const opened = await openNetwork(hre, setTerms !== "");
    try {
      const payload =
        setTerms !== ""
          ? await makePayload(options, hre, opened)
          : inspect === ""
            ? await readPayload(options, hre, opened)
            : parseAddress("inspect", inspect);
      const inspected = await inspectPayload(opened.node, payload);
      console.log(`Payload ${payload}`);
      if (!print(inspected)) process.exitCode = 1;
    } finally {
      await opened.close();
    }
  });
}

async function readPayload({ name }: PayloadArguments, hre: HardhatRuntimeEnvironment, { folder }: OpenNetwork) {
  const { RecordStore } = await import("../../harness/deployments/recordStore.ts");
  const record = RecordStore.read(path.join(hre.config.paths.root, folder, `${name}.json`));
  const { payload } = record.addresses;
  if (payload === undefined) throw new InvalidOptionError("name", name, "the record of a complete deployment");
  return payload;
}

async function makePayload(
  { name, setTerms, confirmations, yes }: PayloadArguments,
  hre: HardhatRuntimeEnvironment,
  opened: OpenNetwork,
): Promise<Address> {
  const { parseTerms } = await import("../../harness/deployments/upgradeParameters.ts");
  const { deployTermsPayload } = await import("../../harness/deployments/deployPlan.ts");
  const { RecordStore } = await import("../../harness/deployments/recordStore.ts");
  const store = RecordStore.open(path.join(hre.config.paths.root, opened.folder), name);
  try {
    const record = store.read();
    if (record?.status !== "complete")
      throw new InvalidOptionError("name", name, "the record of a complete deployment");
    const terms = parseTerms(await readJson(setTerms), record.plan.config.aztecSlotDuration);
    console.log(`A payload that sets these terms on ${record.addresses.rollup}: ${JSON.stringify(terms)}`);
    if (!yes) await confirm("Deploy it?");
    return await deployTermsPayload(await openTarget(hre, opened, confirmations), { store, record, terms });
  } finally {
    store.release();
  }
}

/** @returns Whether everything was understood. */
function print({ uri, actions }: InspectedPayload): boolean {
  console.log(`  ${uri}`);
  for (const [index, { target, data, functionName, arguments: args, changes }] of actions.entries()) {
    const call =
      functionName === undefined ? `unknown call ${data}` : `${functionName}(${args.map(describeValue).join(", ")})`;
    console.log(`  ${index}. ${target}.${call}`);
    for (const { state, now, then } of changes) console.log(`       ${state}: ${now} -> ${then}`);
  }
  const isUnderstood = actions.every(({ functionName }) => functionName !== undefined);
  if (!isUnderstood) console.error("A call is not known here: find out what it does before you vote.");
  return isUnderstood;
}
