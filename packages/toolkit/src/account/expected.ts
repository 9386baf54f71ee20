/**
 * What an account would look like with a platform deployed and nothing else: deployed to a cloud of its own in
 * memory, read back, thrown away.
 */
import { readFileSync } from "node:fs";
import { startCloud } from "@sagekeep/cloud";
import { compilePlatform, deployPlatform } from "../actions/deploy/deploy-platform.ts";
import { Clients } from "../aws/clients.ts";
import { type Io, silent, step } from "../messages.ts";
import { expectedIdentityCenter } from "../platform/identity-center.ts";
import type { PlatformFile } from "../platform/platform-file.ts";
import { exportsOf } from "./exports.ts";
import { readAccount } from "./read-account.ts";
import type { AccountSnapshot } from "./snapshot.ts";

export interface Expected {
  snapshot: AccountSnapshot;
  /** Export name → value. */
  exports: Record<string, string>;
}

export async function expectedAccount(file: PlatformFile, io: Io): Promise<Expected> {
  return step(io, "expected", "deploy the file to a cloud of its own", async () => {
    const { account, region } = file.platform;
    const identityCenter = expectedIdentityCenter(file.platform);
    const cloud = await startCloud({
      account,
      region,
      listen: true,
      port: 0,
      ...(identityCenter && { identityCenter }),
    });
    const clients = new Clients({
      kind: "local",
      region,
      endpoint: cloud.secureEndpoint as string,
      ca: readFileSync(cloud.caBundle as string, "utf8"),
      credentials: cloud.credentials,
    });
    try {
      await deployPlatform(await compilePlatform(file, silent), clients, silent);
      return { snapshot: await readAccount(clients), exports: await exportsOf(clients) };
    } finally {
      clients.close();
      await cloud.close();
    }
  });
}

/** Ids of one account → those of another, by the names under which both export them. */
export function translation(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [name, value] of Object.entries(from)) {
    const other = to[name];
    if (other === undefined || other === value) continue;
    ids.set(value, other);
    // an ARN's last part is the id by which others name the thing
    if (value.startsWith("arn:") && other.startsWith("arn:"))
      ids.set(value.split(/[:/]/).pop() as string, other.split(/[:/]/).pop() as string);
  }
  return ids;
}
