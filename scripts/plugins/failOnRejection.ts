/**
 * Mocha's root hooks in a worker process: a promise that is rejected and that nobody waits for fails the running test.
 * In its own process Hardhat ends the run; a worker would go on as if nothing had happened.
 */
export const mochaHooks = {
  /** Before every file, because mocha takes all listeners away after each. */
  beforeAll(): void {
    process.on("unhandledRejection", (reason) => {
      throw reason;
    });
  },
};
