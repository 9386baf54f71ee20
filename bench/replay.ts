/**
 * How fast recorded calls are replayed against a changed platform.
 *
 * `npx tsx bench/replay.ts [--events 1000000] [--json]`. The events are those of a real check of the reference
 * platform on the local cloud, repeated with half of their resources renamed, each parsed from its text as
 * CloudTrail delivers it. Target: 1,000,000 in 60 s.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCloud } from "@sagekeep/cloud";
import {
  Clients,
  checkAccess,
  compilePlatform,
  deployPlatform,
  expectedAccount,
  exportsOf,
  fromAccount,
  openPlatform,
  readAccount,
  replay,
  silent,
  type TrailEvent,
  translation,
} from "@sagekeep/toolkit";

const at = process.argv.indexOf("--events");
const total = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
const example = fileURLToPath(new URL("../examples/bank-marketing/platform.yaml", import.meta.url));
const cloud = await startCloud({ listen: true, port: 0 });
const clients = new Clients({
  kind: "local",
  region: cloud.region,
  endpoint: cloud.secureEndpoint as string,
  ca: readFileSync(cloud.caBundle as string, "utf8"),
  credentials: cloud.credentials,
});
try {
  const file = openPlatform(example);
  await deployPlatform(await compilePlatform(file, silent), clients, silent);
  await checkAccess(file, clients, silent);
  const recorded: string[] = [];
  for await (const event of fromAccount(clients, {}))
    if (event.userIdentity.type !== "Root") recorded.push(JSON.stringify(event));
  const changed = join(mkdtempSync(join(tmpdir(), "sagekeep-replay-")), "platform.yaml");
  writeFileSync(changed, file.text.replace("user2-mlops: mlops", "user2-mlops: viewer"));
  const before = await readAccount(clients);
  const after = await expectedAccount(openPlatform(changed), silent);
  const translate = translation(await exportsOf(clients), after.exports);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const report = await replay(repeated(recorded, total), before, after.snapshot, { translate });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const result = {
    events: report.events,
    judged: report.judged,
    changes: report.changes.length,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    console.log(
      `${result.events} events replayed in ${seconds.toFixed(1)} s (${result.cpuSeconds.toFixed(1)} s of CPU; target 60 s for 1,000,000): ${result.judged} judged, ${result.changes} would change; ${result.rssMegabytes} MB`,
    );
} finally {
  clients.close();
  await cloud.close();
}

/** Every other round names jobs, objects and spaces anew, so that no decision can be remembered. */
async function* repeated(texts: readonly string[], count: number): AsyncGenerator<TrailEvent> {
  for (let index = 0; index < count; index++) {
    const round = Math.floor(index / texts.length);
    const text = texts[index % texts.length] as string;
    const varied = round % 2 === 0 ? text : text.replaceAll("sagekeep-check", `sagekeep-${index}`);
    yield JSON.parse(varied) as TrailEvent;
  }
}
