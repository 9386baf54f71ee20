/** Presigned URLs of Studio: made by somebody somewhere, opened by somebody elsewhere. */
import { openPresignedUrl, type Target } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { type Call, call, type From } from "../../model.ts";
import { BANK } from "./people.ts";

/** `CreatePresignedDomainUrl` for a profile of a domain. */
export async function presign(bench: Bench, user: string, domain = BANK): Promise<Call> {
  return call("sagemaker", "CreatePresignedDomainUrl", {
    DomainId: await bench.domainId(domain),
    UserProfileName: user,
  });
}

/** A URL made by the administrator from a place. @param seconds it may be opened in; SageMaker's own default is 300 */
export async function makeUrl(bench: Bench, user: string, from: From, seconds?: number): Promise<string> {
  const admin = await bench.clients("admin", from);
  const { AuthorizedUrl } = await admin.call("sagemaker", "CreatePresignedDomainUrl", {
    DomainId: await bench.domainId(BANK),
    UserProfileName: user,
    ...(seconds !== undefined && { ExpiresInSeconds: seconds }),
  });
  if (!AuthorizedUrl) throw new Error("no URL came back");
  return AuthorizedUrl;
}

/** Opens a URL as a browser at a place does. @throws what Studio refuses with */
export async function openUrl(bench: Bench, url: string, user: string, from: From): Promise<string> {
  const { target } = await bench.clients("admin", from);
  const opened = await openPresignedUrl(withoutCredentials(target), url, user, await bench.domainId(BANK), {
    connectTimeout: 1,
  });
  return `Studio opened: ${opened.arn}, requests leave from ${opened.position.privateIp ?? "Studio's network"}`;
}

/** The URL is all that a browser has. */
function withoutCredentials({ credentials: _, ...target }: Target): Target {
  return target;
}
