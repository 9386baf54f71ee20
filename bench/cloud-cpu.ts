/**
 * CPU microseconds that a request costs the local cloud's process, next to a bare node:http echo's, measured in
 * turns: `npm run bench -- cloud-cpu [--rounds N] [--only NAME] [--profile FOLDER]`. Unlike requests a second this says the same
 * on a machine that does other things besides; with client and server on cores of their own, the two ratios agree.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-expect-error plain JavaScript
import { bundle, root } from "../tools/bundle.mjs";
import { once, volley } from "./cloud/load.ts";
import { Server } from "./cloud/process.ts";
import { bytesOf, createBucket, getParameter, requests } from "./cloud/requests.ts";

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
};
const rounds = Number(option("rounds") ?? 12);
const only = option("only");
const profile = option("profile");
const warmUp = 12_000;
const perRound = { echo: 8000, cloud: 2500 };

const built = join(root, "apps/cli/dist/bench-cpu");
for (const name of ["echo", "serve"]) await bundle("main", `bench/cloud/${name}.ts`, join(built, name));
const state = mkdtempSync(join(tmpdir(), "sagekeep-bench-"));
const echo = new Server(join(built, "echo", "main.js"));
const flags = profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`, "--cpu-prof-interval=200"] : [];
const cloud = new Server(join(built, "serve", "main.js"), [state], flags);
const keys = (await cloud.line()) as { port: number; accessKeyId: string; secretAccessKey: string };
const { port: echoPort } = (await echo.line()) as { port: number };

/** CPU microseconds of the server, and of this client, for each of `count` requests. */
async function cost(server: Server, port: number, bytes: Buffer, count: number) {
  const before = (await server.ask("cpu")).cpu as number;
  const own = process.cpuUsage();
  const { requests: done, status } = await volley(port, bytes, count);
  const { user, system } = process.cpuUsage(own);
  return {
    server: (((await server.ask("cpu")).cpu as number) - before) / done,
    client: (user + system) / done,
    status,
  };
}
/** What the best fifth of the rounds stay under: others on the machine only ever add. */
const low = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 5)] ?? Number.NaN;

const echoBytes = bytesOf(requests[0] as (typeof requests)[0], echoPort, keys);
await volley(echoPort, echoBytes, warmUp * 2);
await once(keys.port, bytesOf(createBucket, keys.port, keys));
for (const request of [...requests, getParameter]) {
  if (only && !request.name.includes(only)) continue;
  if (request === getParameter) await cloud.ask("fill 100000");
  const bytes = bytesOf(request, keys.port, keys);
  await volley(keys.port, bytes, warmUp);
  const echoes: number[] = [];
  const clients: number[] = [];
  const clouds: number[] = [];
  let status = 0;
  for (let i = 0; i < rounds; i++) {
    const bare = await cost(echo, echoPort, echoBytes, perRound.echo);
    echoes.push(bare.server);
    clients.push(bare.client);
    const one = await cost(cloud, keys.port, bytes, perRound.cloud);
    clouds.push(one.server);
    ({ status } = one);
  }
  const bare = low(echoes);
  const own = low(clouds);
  console.log(
    `${request.name.padEnd(38)} ${own.toFixed(1).padStart(6)} µs  echo ${bare.toFixed(1)} µs (client ${low(clients).toFixed(1)})  ${((bare / own) * 100).toFixed(1)} % of echo${status === 200 ? "" : `  status ${status}`}`,
  );
}
await cloud.end();
echo.stop();
rmSync(state, { recursive: true, force: true });
rmSync(built, { recursive: true, force: true });
process.exit(0);
