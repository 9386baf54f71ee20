/** A bench to prove labs on: a local cloud in a folder of its own with the lab platform on it, as a learner has it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Clients,
  compilePlatform,
  deployPlatform,
  type Io,
  openPlatform,
  serveCloud,
  silent,
  targetOf,
} from "@sagekeep/toolkit";
import { Bench } from "../bench.ts";
import { makeLabAdmin } from "../lab-admin.ts";
import { labImages } from "../lab-images.ts";
import { labPlatformYaml } from "../lab-platform.ts";

/** Takes a few seconds. Nothing of it is left after `close`. */
export async function openProofBench(io: Io = silent): Promise<{ bench: Bench; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-labs-"));
  mkdirSync(join(folder, "policies"));
  writeFileSync(join(folder, "platform.yaml"), labPlatformYaml);
  const file = openPlatform(folder);
  const state = join(folder, ".sagekeep/cloud");
  const { account, region } = file.platform;
  const served = await serveCloud(
    { state, port: 0, account, region, sageMaker: { localImages: labImages(region) } },
    "proof",
  );
  const root = targetOf(served.announced, state);
  const clients = new Clients(root);
  try {
    await deployPlatform(await compilePlatform(file, io), clients, io);
    const credentials = await makeLabAdmin(clients);
    const bench = new Bench({ admin: { ...root, credentials }, file, state, io });
    return {
      bench,
      async close() {
        await bench.close();
        await served.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await served.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    clients.close();
  }
}
