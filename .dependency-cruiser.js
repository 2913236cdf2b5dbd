/**
 * Who may import whom, checked by `npm run lint:imports`.
 *
 * The rooms, floor by floor from the ground up. An arrow points down only: a room may import itself and every room of
 * the floors below, never a room above and never a neighbour on its own floor. A type counts as much as a value.
 */
const floors = [
  ["harness/errors.ts"],
  ["harness/hardhatRuntime.ts", "harness/interval.ts", "harness/missingArtifactError.ts"],
  ["harness/l1", "harness/protocol", "ignition"],
  ["harness/upstream", "harness/sim"],
  ["harness/network"],
  ["harness/consensus", "harness/deployments"],
  ["harness/accounting", "harness/world"],
  ["harness/actors", "harness/ledger", "harness/publisher", "harness/twin"],
  ["harness/stage"],
  ["harness/metrics"],
  ["harness/scenarios"],
  ["harness/bench", "harness/differential", "harness/rehearsal", "harness/study", "harness/sweep"],
  ["harness/report"],
  ["scripts"],
  ["hardhat.config.ts", "test"],
];

const rooms = floors.flat();
const inRoom = (room) => `^${room.replaceAll(".", "\\.")}(/|$)`;

const arrowsPointDown = floors.flatMap((floor, level) =>
  floor.map((room) => {
    const below = floors.slice(0, level).flat();
    return {
      name: `${room} looks down only`,
      comment: `${room} may import ${below.length > 0 ? below.join(", ") : "nothing of this project"}.`,
      severity: "error",
      from: { path: inRoom(room) },
      to: { path: ["^harness/", ...rooms.map(inRoom)], pathNot: [room, ...below].map(inRoom) },
    };
  }),
);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...arrowsPointDown,
    {
      name: "every room has a floor",
      comment: "A folder of the harness needs a floor in .dependency-cruiser.js before it can import anything.",
      severity: "error",
      from: { path: "^harness/", pathNot: rooms.map(inRoom) },
      to: {},
    },
    {
      name: "no circles",
      comment: "Modules that import each other, if only for a type or when they run, are one module in two files.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "one door for upstream",
      comment: "Only harness/upstream imports Aztec's packages, so that another version of them is another file there.",
      severity: "error",
      from: { path: "^(harness|ignition|scripts)/", pathNot: inRoom("harness/upstream") },
      to: { path: "^node_modules/@aztec/" },
    },
    {
      name: "the rules are pure",
      comment:
        "harness/protocol computes: of all packages it needs viem's types and encodings, and no accounts of it. It opens " +
        "files for one thing only, the ABIs of the build.",
      severity: "error",
      from: { path: inRoom("harness/protocol") },
      to: { pathNot: ["^harness/", "^artifacts/", "^fs$", "^node_modules/viem/(?!.*/accounts/)"] },
    },
    {
      name: "Hardhat is handed in",
      comment: "The harness is a library: Hardhat's global runtime stays with who starts it, in scripts/ and test/.",
      severity: "error",
      from: { path: "^(harness|ignition)/" },
      to: { path: "^node_modules/hardhat/dist/src/(index|hre)\\." },
    },
    {
      name: "real nodes stay out of the tasks",
      comment: "Archiver and publisher of real nodes bring half a node with them: tests load them, no task does.",
      severity: "error",
      from: { path: "^(hardhat\\.config\\.ts$|scripts/)" },
      to: { path: "^harness/upstream/realNode\\.ts$", reachable: true },
    },
    {
      name: "reports run nothing",
      comment: "harness/report reads records: of the rooms that run something it may know types, and what a record is.",
      severity: "error",
      from: { path: inRoom("harness/report") },
      to: {
        path: ["bench", "differential", "rehearsal", "scenarios", "stage", "study", "sweep", "twin", "world"].map(
          (room) => inRoom(`harness/${room}`),
        ),
        pathNot: ["harness/bench/record", "harness/sweep/record"].map(inRoom),
        dependencyTypesNot: ["type-only"],
      },
    },
  ],
  options: {
    doNotFollow: { path: "^node_modules/" },
    // What a build generates belongs to nobody.
    exclude: { path: "^(artifacts|cache|typechain-types)/" },
    tsConfig: { fileName: "tsconfig.json" },
    // Types count: they vanish when the code runs, the knowledge does not.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
