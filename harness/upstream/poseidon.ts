import { BackendType, Barretenberg } from "@aztec/bb.js";

let ready: Promise<unknown> | undefined;

/**
 * Prepares the Poseidon2 that upstream's blob batching hashes with, in WebAssembly and in this process.
 *
 * Left alone, upstream starts a native binary (which needs a recent glibc and stays alive with the process), or falls back
 * to WebAssembly and then downloads a proving reference string. Hashing needs neither: the download is left out.
 */
export async function preparePoseidon(): Promise<void> {
  ready ??= initialise();
  await ready;
}

async function initialise(): Promise<void> {
  const { prototype } = Barretenberg;
  // The one method that fetches; upstream offers no option for it.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below, never called
  const original = prototype.initSRSChonk;
  prototype.initSRSChonk = () => Promise.resolve();
  try {
    await Barretenberg.initSingleton({ backend: BackendType.Wasm, threads: 1 });
  } finally {
    prototype.initSRSChonk = original;
  }
}
