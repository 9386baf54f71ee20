/**
 * The way through the perimeter when it shuts out those who must repair it: the break-glass role, which asks for a
 * second factor. The attempt brings a virtual MFA device of its own and takes it away again.
 */
import { createHmac } from "node:crypto";
import { Clients } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { awsCommand } from "../../command-text.ts";
import type { Attempt, Call } from "../../model.ts";
import { inTurn } from "./attempts.ts";

const STEP_MS = 30_000;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code that an authenticator shows at a time (RFC 6238: SHA-1, 30 seconds, six digits). */
export function codeAt(seed: string, at: number): string {
  const bits = [...seed].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = (digest.at(-1) as number) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const SESSION_SECONDS = 900;

/** The time at the other end, which a lab may have moved: told by when a session made now expires. */
async function timeThere({ admin }: Bench): Promise<number> {
  const { Credentials } = await admin.call("sts", "GetSessionToken", { DurationSeconds: SESSION_SECONDS });
  return (Credentials?.Expiration?.getTime() ?? 0) - SESSION_SECONDS * 1000;
}

const deviceName = ({ platform }: Bench) => `${platform}-lab2-break-glass`;
const deviceArn = (bench: Bench) => `arn:aws:iam::${bench.account}:mfa/${deviceName(bench)}`;

/** @throws when the administrator is a role: only users have MFA devices */
async function userName({ admin }: Bench): Promise<string> {
  const { Arn = "" } = await admin.call("sts", "GetCallerIdentity", {});
  const name = /:user\/(?:.*\/)?([^/]+)$/.exec(Arn)?.[1];
  if (!name)
    throw new Error(`\`${Arn}\` has no MFA device to break the glass with: play this step as an IAM user`);
  return name;
}

export async function removeDevice(bench: Bench): Promise<void> {
  const SerialNumber = deviceArn(bench);
  const { admin } = bench;
  const { VirtualMFADevices } = await admin.call("iam", "ListVirtualMFADevices", {});
  const found = VirtualMFADevices?.find((one) => one.SerialNumber === SerialNumber);
  if (!found) return;
  if (found.User?.UserName)
    await admin.call("iam", "DeactivateMFADevice", { UserName: found.User.UserName, SerialNumber });
  await admin.call("iam", "DeleteVirtualMFADevice", { SerialNumber });
}

async function breakGlass(bench: Bench): Promise<Clients> {
  const { admin } = bench;
  const UserName = await userName(bench);
  await removeDevice(bench);
  const { VirtualMFADevice } = await admin.call("iam", "CreateVirtualMFADevice", {
    VirtualMFADeviceName: deviceName(bench),
  });
  const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? "";
  const now = await timeThere(bench);
  await admin.call("iam", "EnableMFADevice", {
    UserName,
    SerialNumber,
    AuthenticationCode1: codeAt(seed, now - 2 * STEP_MS),
    AuthenticationCode2: codeAt(seed, now - STEP_MS),
  });
  const { Credentials } = await admin.call("sts", "AssumeRole", {
    RoleArn: await bench.exported("access:BreakGlassRole"),
    RoleSessionName: "repair",
    SerialNumber,
    TokenCode: codeAt(seed, now),
  });
  return new Clients({
    ...admin.target,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  });
}

/** A call from outside as the break-glass role, with a second factor. */
export function throughTheGlass(bench: Bench, call: Call): Attempt {
  const assume = `aws sts assume-role --role-arn arn:aws:iam::${bench.account}:role/${bench.platform}-break-glass --role-session-name repair --serial-number ${deviceArn(bench)} --token-code CODE`;
  return inTurn(`${assume} # then, with its credentials: ${awsCommand(call)}`, async () => {
    try {
      const clients = await breakGlass(bench);
      try {
        await clients.call(call.service, call.operation as never, call.input as never);
      } finally {
        clients.close();
      }
    } finally {
      await removeDevice(bench);
    }
  });
}
