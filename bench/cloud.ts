/**
 * Requests a second of the local cloud, authenticated, authorized and recorded, next to a bare node:http JSON echo and,
 * where Python has it, moto's server: `npm run bench -- cloud [--json] [--seconds N]`. One run, one machine, 32
 * keep-alive connections; client and server share the cores. Target: 20 % of the echo, ten times moto.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-expect-error plain JavaScript
import { bundle, root } from "../tools/bundle.mjs";
import { type Load, load, once } from "./cloud/load.ts";
import { Server } from "./cloud/process.ts";
import { bytesOf, createBucket, getParameter, requests, resources } from "./cloud/requests.ts";

const json = process.argv.includes("--json");
const seconds = Number(process.argv[process.argv.indexOf("--seconds") + 1]) || 3;
async function measureEcho(): Promise<Load> {
  const echo = new Server(join(built, "echo", "main.js"));
  const { port } = (await echo.line()) as { port: number };
  const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
  const result = await load(port, bytesOf(requests[0] as (typeof requests)[0], port, keys), seconds);
  echo.stop();
  return result;
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** How long a Node process takes that does nothing: part of every start. */
async function bareStart(): Promise<number> {
  const began = performance.now();
  const bare = spawn(process.execPath, ["-e", "console.log()"], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((done) => bare.stdout.once("data", done));
  return Math.round(performance.now() - began);
}

/** moto's server, or why it was not measured. */
async function measureMoto(): Promise<Record<string, Load> | string> {
  const port = await freePort();
  const moto = spawn(
    "python3",
    ["-c", `from moto.server import main; main(["-p", "${port}", "-H", "127.0.0.1"])`],
    { stdio: "ignore" },
  );
  let failed = false;
  moto.on("error", () => (failed = true));
  moto.on("exit", () => (failed = true));
  const until = Date.now() + 20_000;
  for (;;) {
    if (failed || Date.now() > until) return "moto's server cannot be started with this python3";
    if (
      await fetch(`http://127.0.0.1:${port}/moto-api/`, { signal: AbortSignal.timeout(2000) }).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    await new Promise((done) => setTimeout(done, 200));
  }
  const results: Record<string, Load> = {};
  const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
  for (const request of requests)
    results[request.name] = await load(port, bytesOf(request, port, keys), seconds);
  moto.kill();
  return results;
}

// the cloud as it ships: bundled; within the checkout, so that the packages left out of the bundle are found
const built = join(root, "apps/cli/dist/bench");
for (const name of ["echo", "serve"]) await bundle("main", `bench/cloud/${name}.ts`, join(built, name));
const state = mkdtempSync(join(tmpdir(), "sagekeep-bench-"));
const echoBefore = await measureEcho();
const spawned = performance.now();
const cloud = new Server(join(built, "serve", "main.js"), [state]);
const about = (await cloud.line()) as {
  port: number;
  accessKeyId: string;
  secretAccessKey: string;
};
const startMs = Math.round(performance.now() - spawned);
await once(about.port, bytesOf(createBucket, about.port, about));
const results: Record<string, Load> = {};
for (const request of requests)
  results[request.name] = await load(about.port, bytesOf(request, about.port, about), seconds);
const idle = await cloud.ask("memory");
const filled = await cloud.ask(`fill ${resources}`);
results[getParameter.name] = await load(about.port, bytesOf(getParameter, about.port, about), seconds);
const full = await cloud.ask("memory");
cloud.stop();
rmSync(state, { recursive: true, force: true });
const echoAfter = await measureEcho();
const moto = await measureMoto();
rmSync(built, { recursive: true, force: true });

const echo = (echoBefore.requestsPerSecond + echoAfter.requestsPerSecond) / 2;
const rows = Object.entries(results).map(([name, one]) => {
  const other = typeof moto === "string" ? undefined : moto[name];
  return {
    name,
    status: one.status,
    requestsPerSecond: Math.round(one.requestsPerSecond),
    p99: one.p99,
    ofEcho: one.requestsPerSecond / echo,
    ...(other && {
      moto: Math.round(other.requestsPerSecond),
      timesMoto: one.requestsPerSecond / other.requestsPerSecond,
    }),
  };
});
const fill = { resources, perSecond: Math.round((resources / (filled.ms as number)) * 1000) };
const started = await bareStart();
const memory = {
  idleMb: Math.round((idle.rss as number) / 1e6),
  fullMb: Math.round((full.rss as number) / 1e6),
};
const result = {
  bench: "cloud",
  unit: "requests/s",
  echo: Math.round(echo),
  rows,
  moto: typeof moto === "string" ? moto : "measured",
  fill,
  memory,
  startMs,
  bareNodeMs: started,
};
if (json) console.log(JSON.stringify(result));
else {
  console.log(`echo (bare node:http): ${Math.round(echo)} requests/s`);
  for (const row of rows) {
    const beside = row.timesMoto === undefined ? "" : `  ${row.timesMoto.toFixed(1)} × moto (${row.moto})`;
    console.log(
      `${row.name.padEnd(38)} ${String(row.requestsPerSecond).padStart(6)}/s  p99 ${row.p99.toFixed(1)} ms  ${(row.ofEcho * 100).toFixed(0)} % of echo${beside}${row.status === 200 ? "" : `  status ${row.status}`}`,
    );
  }
  console.log(`start: ${startMs} ms until it listens, of which ${started} ms are a bare Node's`);
  if (typeof moto === "string") console.log(`moto: ${moto}`);
  console.log(
    `${resources} parameters stored in-process: ${fill.perSecond}/s; memory ${memory.idleMb} MB before, ${memory.fullMb} MB after`,
  );
}
process.exit(0);
