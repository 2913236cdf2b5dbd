import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { RpcSource } from "../../harness/l1/rpcSource.ts";
import { nameFork, parseForkOptions, type RawForkOptions } from "../../harness/rehearsal/fork/forkOptions.ts";
import type { RehearsalListener } from "../../harness/rehearsal/stepRecorder.ts";
import { findVariations } from "../../harness/rehearsal/rehearsalOptions.ts";
import { renderFork, renderForkPage, renderForkSummary } from "../../harness/report/renderFork.ts";
import { chooseEvidenceFolder, openEvidenceFolder } from "./evidenceFolder.ts";

/** `npx hardhat rehearse` with `--fork` or `--frozen`. */
export async function rehearseForkAction(
  raw: RawForkOptions & { readonly out: string },
  hre: HardhatRuntimeEnvironment,
  listener: RehearsalListener,
): Promise<void> {
  const options = parseForkOptions(raw);
  const { seed, slots, terms, from, allowOtherVersion, freeze } = options;
  const variations = findVariations({ seed, slots, committee: raw.committee, terms });
  const folder = chooseEvidenceFolder({ task: "rehearsal", out: raw.out, variations });
  const absolute = await openEvidenceFolder(hre.config.paths.root, folder);
  console.log(`Evidence goes to ${folder}. Compiling (about a minute the first time) ...`);
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  const started = performance.now();
  const { startForkSource } = await import("../../harness/rehearsal/fork/forkSource.ts");
  const { rehearseFork } = await import("../../harness/rehearsal/fork/rehearseFork.ts");

  if (from.kind === "local") console.log("\nPreparing a local fork source");
  const local = from.kind === "local" ? await startForkSource(hre.artifacts) : undefined;
  try {
    const source =
      from.kind === "frozen"
        ? await RpcSource.thaw(from.file)
        : await RpcSource.open(
            from.kind === "rpc"
              ? { url: from.url, blockNumber: from.block, chainId: from.chain }
              : { url: local?.url ?? "" },
          );
    const network = nameFork(source.pin.chainId);
    const registry = options.registry ?? local?.registry;
    if (registry === undefined) throw new Error("The options have no Registry, which their parser sees to");
    const report = await rehearseFork(
      hre,
      { source, registry, seed, network, slots, terms, allowOtherVersion },
      listener,
    );

    const file = (extension: string) => path.join(absolute, `rehearsal-${network}.${extension}`);
    await writeFile(file("json"), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeFile(file("md"), renderFork(report));
    await writeFile(file("html"), renderForkPage(report));
    console.log(`\n${renderForkSummary(report)}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`\nWrote ${path.join(folder, `rehearsal-${network}`)}.{json,md,html} after ${seconds} s.`);
    console.log(`${source.requests} requests to the source.`);
    if (freeze !== undefined) {
      const bytes = await source.freeze(path.resolve(freeze));
      console.log(`Froze them into ${freeze} (${bytes.toLocaleString("en-US")} bytes). To repeat without the source:`);
      console.log(`  npx hardhat rehearse --frozen ${freeze} --registry ${registry}`);
    }
  } finally {
    await local?.stop();
  }
}
