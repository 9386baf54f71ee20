/**
 * How long compiling takes: the reference platform in a fresh process, and 100 teams with 1,000 users.
 *
 * `npx tsx bench/constructs.ts [--json]`. With `--json` one JSON object and nothing else on stdout. Targets:
 * reference ≤ 1,500 ms cold, large ≤ 15,000 ms, every template ≤ 51,200 bytes.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { synthesize } from "@sagekeep/constructs";
import { parsePlatform } from "@sagekeep/spec";

const TEAMS = 100;
const USERS_A_TEAM = 10;
const REPEATS = 5;

if (process.argv.includes("--cold")) {
  // The clock starts with the process: loading TypeScript, zod, yaml and AWS CDK all count.
  const text = readFileSync(new URL("../examples/bank-marketing/platform.yaml", import.meta.url), "utf8");
  const started = performance.now();
  const { stacks } = await synthesize(parsePlatform(text));
  process.stdout.write(
    JSON.stringify({
      compile: performance.now() - started,
      process: performance.now(),
      stacks: stacks.length,
    }),
  );
} else {
  const report = { reference: cold(), large: await large() };
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const { reference, large } = report;
    console.log(
      `reference platform, fresh process: ${ms(reference.compile)} to compile (target 1,500 ms), ${ms(reference.process)} with loading TypeScript`,
    );
    console.log(
      `${TEAMS} teams, ${TEAMS * USERS_A_TEAM} users: ${ms(large.milliseconds)} (target 15,000 ms), ${large.stacks} stacks, largest ${large.largestBytes} bytes`,
    );
  }
}

/** Median of a few fresh processes, in milliseconds. */
function cold(): { compile: number; process: number } {
  const runs = Array.from({ length: REPEATS }, () => {
    const run = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), "--cold"], {
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout) as { compile: number; process: number };
  }).sort((one, other) => one.compile - other.compile);
  return runs[Math.floor(REPEATS / 2)]!;
}

async function large() {
  const teams = Array.from({ length: TEAMS }, (_, team) => {
    const users = Array.from(
      { length: USERS_A_TEAM },
      (_, user) => `t${team}-u${user}: ${user === 0 ? "mlops" : "data-scientist"}`,
    );
    return `  team-${team}: { domain: main, users: { ${users.join(", ")} } }`;
  });
  const data = Array.from({ length: TEAMS }, (_, team) => `  data-${team}: { owner: team-${team} }`);
  const text = `name: large\nregion: us-east-1\naccount: "111122223333"\nnetwork: { cidr: 10.0.0.0/16, zones: 3 }\ndomains: { main: {} }\nteams:\n${teams.join("\n")}\ndata:\n${data.join("\n")}\n`;
  const started = performance.now();
  const { stacks } = await synthesize(parsePlatform(text));
  const milliseconds = performance.now() - started;
  return {
    milliseconds,
    stacks: stacks.length,
    resources: stacks.reduce((sum, stack) => sum + Object.keys(stack.template.Resources).length, 0),
    largestBytes: Math.max(...stacks.map((stack) => Buffer.byteLength(stack.body))),
  };
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString("en-US")} ms`;
}
