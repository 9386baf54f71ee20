/**
 * The context of a line: what was given, and what AWS adds to every request (time, transport, Region).
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import type { Principal } from "@sagekeep/engine";
import { asObject, describe, SimulateError } from "./errors.ts";

function readValue(value: unknown, key: string): string | string[] | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    return value.map((entry) => {
      if (typeof entry === "object")
        throw new SimulateError("SIM0401", `context.${key}: got ${describe(entry)}, expected a text`);
      return String(entry);
    });
  }
  if (typeof value === "object")
    throw new SimulateError(
      "SIM0401",
      `context.${key}: got ${describe(value)}, expected a text or a list of texts`,
    );
  return String(value);
}

/** The given context with texts only. A null value is an absent key. */
export function readContext(value: unknown): Record<string, string | string[]> {
  if (value === undefined || value === null) return {};
  const context: Record<string, string | string[]> = Object.create(null);
  for (const [key, entry] of Object.entries(asObject(value, "context"))) {
    const read = readValue(entry, key);
    if (read !== undefined) context[key] = read;
  }
  return context;
}

const globalServices = new Set([
  "iam",
  "organizations",
  "cloudfront",
  "route53",
  "account",
  "support",
  "budgets",
]);

/** Adds the keys every request has, where the line leaves them open. */
export function completeContext(
  given: Readonly<Record<string, string | string[]>>,
  action: string,
  resourceArn: string,
  principal: Principal,
  now: Date,
): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = Object.assign(Object.create(null), given);
  const names = new Map(Object.keys(given).map((key) => [key.toLowerCase(), key]));
  const timeKey = names.get("aws:currenttime");
  const epochKey = names.get("aws:epochtime");
  const read = (key: string | undefined): string | undefined => {
    const value = key === undefined ? undefined : given[key];
    return typeof value === "string" ? value : value?.[0];
  };
  const epoch = read(epochKey);
  const time = read(timeKey);
  let moment = now.getTime();
  if (time !== undefined) moment = /^\d+$/.test(time) ? Number(time) * 1000 : Date.parse(time);
  else if (epoch !== undefined) moment = /^\d+$/.test(epoch) ? Number(epoch) * 1000 : Date.parse(epoch);
  if (!Number.isNaN(moment) && Math.abs(moment) < 8.64e15) {
    if (timeKey === undefined) context["aws:CurrentTime"] = `${new Date(moment).toISOString().slice(0, 19)}Z`;
    if (epochKey === undefined) context["aws:EpochTime"] = String(Math.floor(moment / 1000));
  }
  if (!names.has("aws:securetransport")) context["aws:SecureTransport"] = "true";
  // Temporary credentials always say whether MFA was used; long-term keys never do.
  const temporary = principal.kind === "session" || principal.kind === "federated-user";
  if (temporary && !names.has("aws:multifactorauthpresent")) context["aws:MultiFactorAuthPresent"] = "false";
  if (!names.has("aws:requestedregion")) {
    const service = action.toLowerCase().split(":")[0] as string;
    const region = resourceArn.split(":")[3] || (globalServices.has(service) ? "us-east-1" : "");
    if (region !== "" && resourceArn !== "*") context["aws:RequestedRegion"] = region;
    else if (globalServices.has(service)) context["aws:RequestedRegion"] = "us-east-1";
  }
  return context;
}
