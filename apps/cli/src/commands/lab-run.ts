/** `sagekeep lab run`: any AWS client as the labs' administrator, or as a role, from a network position. */
import { spawn } from "node:child_process";
import {
  administratorTarget,
  becomeCaller,
  Clients,
  likeOf,
  runningCloud,
  ToolkitError,
} from "@sagekeep/toolkit";
import type { Session } from "../command.ts";

export async function runAs(
  session: Session,
  [file = "", ...args]: string[],
  { folder, role, from }: { folder?: string; role?: string; from: string },
): Promise<void> {
  if (from !== "vpc" && from !== "internet")
    throw new ToolkitError("LAB0040", `got \`--from ${from}\`, expected vpc or internet`, {
      help: "another program cannot be made to call from another address: use `sagekeep call --from ADDRESS`",
      exit: "invalid",
    });
  const { labFolder } = await import("@sagekeep/labs");
  const { state } = labFolder(folder);
  const clients = new Clients(administratorTarget(state));
  try {
    const caller = await becomeCaller(clients, role ? { role } : "admin", from, state);
    const { credentials, endpoint = "", region } = caller.target;
    const ca = runningCloud(state)?.caBundle;
    const child = spawn(file, args, {
      stdio: "inherit",
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: likeOf(clients.target, endpoint),
        AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
        AWS_SESSION_TOKEN: credentials?.sessionToken,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_PROFILE: undefined,
        ...(ca && { AWS_CA_BUNDLE: ca, NODE_EXTRA_CA_CERTS: ca }),
      },
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "ENOENT"
            ? new ToolkitError("LAB0041", `there is no program \`${file}\` on this machine`, {
                help: "without the AWS CLI use the other form of the command: `sagekeep call …`",
                exit: "invalid",
              })
            : error,
        ),
      );
      child.on("exit", (status, signal) => resolve(status ?? (signal ? 130 : 1)));
    }).finally(() => caller.leave());
    // the command's own exit code is the answer
    process.exitCode = code;
    if (code !== 0) process.exit(code);
  } finally {
    clients.close();
    session.io.signal?.throwIfAborted();
  }
}
