/** Writes a first platform.yaml. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ToolkitError } from "../../errors.ts";

export interface InitOptions {
  /** Folder to write into; made when missing. @default the working folder */
  folder?: string;
  /** @default the folder's name, made to fit */
  name?: string;
  /** @default "us-east-1" */
  region?: string;
  /** @default "111122223333", the local cloud's */
  account?: string;
}

/** @returns the path written. @throws ToolkitError when there is a platform file already */
export function initPlatform(options: InitOptions = {}): string {
  const folder = resolve(options.folder ?? ".");
  const path = join(folder, "platform.yaml");
  if (existsSync(path)) {
    throw new ToolkitError("TOOL0004", `\`${path}\` exists already`, {
      help: "edit it, or name another folder",
      exit: "invalid",
    });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path,
    starter(
      options.name ?? fit(basename(folder)),
      options.region ?? "us-east-1",
      options.account ?? "111122223333",
    ),
    { flag: "wx" },
  );
  return path;
}

/** A platform name out of any folder name. */
function fit(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 20)
    .replace(/-+$/, "");
  return name.length >= 2 ? name : "my-platform";
}

const starter = (
  name: string,
  region: string,
  account: string,
) => `# A Sagekeep platform. \`sagekeep up\` tries it on the local cloud; \`sagekeep plan\` shows what it makes.
name: ${name}
region: ${region}
account: "${account}"
network: { cidr: 10.0.0.0/16, zones: 2, internet: none, endpoints: studio, flowLogs: rejected }
domains:
  main: { auth: IAM, sourceIdentity: true }
teams:
  team-a: { domain: main, users: { first-user: data-scientist } }
controls:
  instanceTypes: [ml.t3.medium, ml.m5.large]
  jobs: { vpc: required, volumeKey: required, trafficEncryption: required }
guarantees: default
`;
