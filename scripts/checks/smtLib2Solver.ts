import { init, killThreads } from "z3-solver";

/** A solver that answers one SMT-LIB 2 script at a time. */
export interface SmtLib2Solver {
  /** What the solver prints for the script: `sat`, `unsat` or `unknown`, and values if it was asked for them. */
  solve(script: string): string;
  /** Ends the solver's threads, which would otherwise keep the process alive. */
  close(): Promise<void>;
}

/**
 * Effort per script, in the solver's own unit rather than in seconds, so that the answer does not depend on the machine.
 * About seven seconds; a script that needs more is answered `unknown`.
 */
const RESOURCE_LIMIT = 10_000_000;

/** The one call that the package's asynchronous bindings do not offer: solc asks synchronously, from within a compilation. */
interface EmscriptenModule {
  ccall(name: "Z3_eval_smtlib2_string", returns: "string", types: ["number", "string"], args: unknown[]): string;
}

/** Loads Z3, compiled to WebAssembly, from the npm package. */
export async function openSmtLib2Solver(): Promise<SmtLib2Solver> {
  const loaded = await init();
  const { Z3 } = loaded;
  const module = loaded.em as EmscriptenModule;
  Z3.global_param_set("rlimit", RESOURCE_LIMIT.toString());
  return {
    solve: (script) => {
      const config = Z3.mk_config();
      const context = Z3.mk_context(config);
      Z3.del_config(config);
      try {
        return module.ccall("Z3_eval_smtlib2_string", "string", ["number", "string"], [context, script]);
      } finally {
        Z3.del_context(context);
      }
    },
    close: () => killThreads(module),
  };
}
