/** Who may import whom (ARCHITECTURE.md, "Rooms"). */
const room = (name) => `^(packages|apps)/${name}/src`;
const only = (from, allowed) => ({
  name: `${from}-imports`,
  severity: "error",
  comment: `${from} may import only: ${allowed.join(", ") || "nothing of ours"}`,
  from: { path: room(from), pathNot: "\\.(test|bench)\\.ts$" },
  to: {
    path: "^(packages|apps)/",
    pathNot: [room(from), ...allowed.map(room), `^packages/${from}/`, `^apps/${from}/`],
  },
});

module.exports = {
  forbidden: [
    only("policy", []),
    only("engine", ["policy"]),
    only("spec", ["policy"]),
    only("constructs", ["spec", "policy"]),
    only("cloud", ["engine", "policy"]),
    only("toolkit", ["policy", "engine", "spec", "constructs", "cloud"]),
    only("labs", ["policy", "engine", "spec", "constructs", "cloud", "toolkit"]),
    only("cli", ["toolkit", "labs"]),
    {
      name: "only-sdk-ts-knows-smithy",
      severity: "error",
      comment: "@smithy/core calls itself internal: one file keeps its names",
      from: {
        path: "^packages/cloud/src",
        pathNot: ["wire/sdk\\.ts$", "\\.test\\.ts$", "^packages/cloud/src/testing/"],
      },
      to: { path: "node_modules/@(smithy|aws-sdk)/core" },
    },
    {
      name: "tests-only",
      severity: "error",
      comment: "packages/testing is for tests",
      from: { pathNot: ["\\.test\\.ts$", "^packages/testing"] },
      to: { path: "^packages/testing" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|generated)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
