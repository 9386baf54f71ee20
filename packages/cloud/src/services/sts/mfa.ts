/** The second factor of a call to STS. */
import type { ReadContext } from "../../context.ts";
import { isCode } from "../iam/operations/mfa.ts";
import { mfaDevices } from "../iam/state.ts";
import { accessDenied } from "./errors.ts";

/** When the factor was shown: now, or `undefined` when none was. @throws AccessDenied for a wrong one */
export function checkMfa(
  serial: string | undefined,
  code: string | undefined,
  context: ReadContext,
): number | undefined {
  if (serial === undefined && code === undefined) return undefined;
  const { principal } = context.caller;
  const user =
    principal.kind === "user" ? principal.arn.slice(principal.arn.lastIndexOf("/") + 1) : undefined;
  const device =
    serial === undefined ? undefined : mfaDevices(context.in(context.caller.account)).get(serial);
  if (!device || device.user === undefined || device.user !== user) {
    throw accessDenied(
      "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (code === undefined || !isCode(device, code, context.now)) {
    throw accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
  }
  return Math.floor(context.now / 1000) * 1000;
}
