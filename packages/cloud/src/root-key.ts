/** The root user's access key and the control token: made on first start, kept where only the owner can read. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnusableStateError } from "./errors.ts";

export interface RootCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function fresh(): RootCredentials {
  const id = Array.from(randomBytes(16), (byte) => base32[byte % 32]).join("");
  return { accessKeyId: `AKIA${id}`, secretAccessKey: randomBytes(30).toString("base64") };
}

/** @param given by option: kept for later starts too */
export function rootCredentials(folder: string | undefined, given?: RootCredentials): RootCredentials {
  if (!folder) return given ?? fresh();
  const file = join(folder, "credentials.json");
  if (given) return save(file, given);
  return existsSync(file) ? read(file, folder) : save(file, fresh());
}

/** The token that `/_sagekeep/…` asks for. */
export function controlToken(folder: string | undefined): string {
  const token = randomBytes(24).toString("base64url");
  if (folder) writeFileSync(join(folder, "control.token"), token, { mode: 0o600 });
  return token;
}

function read(file: string, folder: string): RootCredentials {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(
      readFileSync(file, "utf8"),
    ) as Partial<RootCredentials>;
    if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  } catch {
    // said below
  }
  throw new UnusableStateError(folder, "damaged");
}

function save(file: string, credentials: RootCredentials): RootCredentials {
  writeFileSync(file, `${JSON.stringify(credentials)}\n`, { mode: 0o600 });
  return credentials;
}
