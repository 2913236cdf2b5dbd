import comments from "@eslint-community/eslint-plugin-eslint-comments/configs";
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const only = ["describe", "context", "suite", "it", "specify", "test"].map((object) => ({
  object,
  property: "only",
  message: "An exclusive test hides every other one.",
}));

const notReproducible = "The same run twice must give the same trace:";

export default defineConfig(
  globalIgnores(["artifacts/", "cache/", "coverage/", "tmp/", "typechain-types/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  comments.recommended,
  {
    rules: {
      // A rule may be switched off where it is wrong, never without saying why.
      "@eslint-community/eslint-comments/require-description": "error",
      eqeqeq: "error",
      "no-restricted-properties": ["error", ...only],
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Off: hooks and actors are asynchronous by type, whether or not this implementation has to wait.
      "@typescript-eslint/require-await": "off",
      // Relaxed: numbers, bigints and booleans print exactly, and messages are full of them.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Relaxed: `() => send()` is how chai and mocha callbacks are written; the promise rules still see the value.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["harness/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: `${notReproducible} time is the chain's or the simulation's.` },
        {
          object: "performance",
          property: "now",
          message: `${notReproducible} time is the chain's or the simulation's.`,
        },
        { object: "Math", property: "random", message: `${notReproducible} draw from the seeded source.` },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: `${notReproducible} time is the chain's or the simulation's.`,
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Off: chai's assertions are property reads, such as `expect(receipt).to.be.null`.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
);
