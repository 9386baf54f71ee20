/** `npm test`: installs what is missing, then format, lint, types, boundaries, dead code, build and tests. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, root } from "./install.mjs";

install();

const bin = (name) => join(root, "node_modules/.bin", name);
const report = join(mkdtempSync(join(tmpdir(), "sagekeep-test-")), "report.json");
const steps = [
  ["format and lint", bin("biome"), ["check", "--diagnostic-level=error", "--reporter=summary"]],
  ["types", bin("tsc"), []],
  ["boundaries", bin("depcruise"), ["packages", "apps"]],
  ["circles", process.execPath, ["tools/cycles.mjs"]],
  ["dead code", bin("knip"), ["--no-config-hints"]],
  ["build", process.execPath, ["tools/build.mjs"]],
  ["tests", bin("vitest"), ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]],
];

let passed = 0;
let failed = 0;
for (const [name, command, args] of steps) {
  const began = Date.now();
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  console.log(
    `── ${name}: ${status === 0 ? "ok" : "failed"} in ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
  if (status === 0) passed++;
  else failed++;
}
try {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  failed += numFailedTests;
} catch (error) {
  console.error(`the test report could not be read: ${error.message}`);
  failed++;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
