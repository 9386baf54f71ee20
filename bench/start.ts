/**
 * How long a warm `npm start` takes, with its steps: `npm run bench -- start [--json]`.
 * Runs `sagekeep up --once --json` on the reference platform in a fresh state folder; the build is there already.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const runs = 5;
const json = process.argv.includes("--json");

interface Run {
  seconds: number;
  steps: { id: string; seconds: number }[];
}

function once(): Run {
  const state = mkdtempSync(join(tmpdir(), "sagekeep-bench-"));
  const began = performance.now();
  const done = spawnSync(
    process.execPath,
    [join(root, "tools/start.mjs"), "--once", "--json", "--port", "0", "--state", state],
    { cwd: root, encoding: "utf8" },
  );
  const seconds = (performance.now() - began) / 1000;
  rmSync(state, { recursive: true, force: true });
  if (done.status !== 0)
    throw new Error(`sagekeep up ended with ${done.status}:\n${done.stderr}\n${done.stdout.slice(0, 2000)}`);
  return { seconds, steps: (JSON.parse(done.stdout) as { steps: Run["steps"] }).steps };
}

once(); // builds if needed, fills the disk cache
const all = Array.from({ length: runs }, once).sort((one, other) => one.seconds - other.seconds);
const median = all[Math.floor(runs / 2)] as Run;
const result = {
  bench: "start",
  unit: "s",
  runs,
  target: 5,
  min: all[0]?.seconds,
  median: median.seconds,
  max: all.at(-1)?.seconds,
  steps: median.steps,
};
if (json) console.log(JSON.stringify(result));
else {
  console.log(
    `warm npm start: median ${median.seconds.toFixed(2)} s of ${runs} runs (min ${result.min?.toFixed(2)}, max ${result.max?.toFixed(2)}; target ≤ 5 s)`,
  );
  for (const step of median.steps) console.log(`  ${step.seconds.toFixed(2).padStart(6)} s  ${step.id}`);
}
