/**
 * The scope of a signature against the host that the request names: a client that signs for another region or service
 * than the endpoint's is told so before its signature is looked at.
 */
import { AuthError } from "./errors.ts";
import type { RequestHead } from "./request.ts";
import { hostNameOf } from "./request.ts";
import { metaOf, serviceKeys } from "./services.ts";
import type { SignatureClaim } from "./signature.ts";

const regional =
  /^(?:[a-z0-9-]+\.)?([a-z0-9-]+?)(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;
const global = /^(iam|sts)\.amazonaws\.com$/;
const regionShape = /^[a-z]{2,3}(?:-[a-z]+)+-\d{1,2}$/;

const signingNames: ReadonlySet<string> = new Set(serviceKeys.map((key) => metaOf(key).signingName));

/** The region in a host name of S3; a bucket may stand before it. */
const ofS3 = /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;

/**
 * S3 names the region that it expects, and some clients (s3cmd signs for `US` at first) go on with it. Where the host
 * names none, any region will do: the bucket's is looked at later. @throws AuthError
 */
function checkScopeOfS3(claim: SignatureClaim, head: RequestHead): void {
  const there = ofS3.exec(hostNameOf(head))?.[1];
  if (there === undefined ? regionShape.test(claim.region) : claim.region === there) return;
  throw new AuthError(
    "incomplete-signature",
    `the region '${claim.region}' is wrong; expecting '${there ?? "us-east-1"}'`,
    {
      flaw: "region",
      expected: there ?? "us-east-1",
      ...(claim.kind === "query" && { query: "yes" }),
    },
  );
}

/** @throws AuthError */
export function checkScope(claim: SignatureClaim, head: RequestHead): void {
  if (claim.service.startsWith("s3")) {
    if (claim.service === "s3") checkScopeOfS3(claim, head);
    return;
  }
  const host = hostNameOf(head);
  const [, name, there] = regional.exec(host) ?? [];
  const region = there ?? (global.test(host) ? "us-east-1" : undefined);
  const service = name ?? global.exec(host)?.[1];
  const wrong: string[] = [];
  if (region === undefined ? !regionShape.test(claim.region) : claim.region !== region)
    wrong.push(`Credential should be scoped to a valid region, not '${claim.region}'.`);
  if (service !== undefined && signingNames.has(service) && claim.service !== service)
    wrong.push(`Credential should be scoped to correct service: '${service}'.`);
  if (wrong.length > 0) throw new AuthError("signature-mismatch", wrong.join(" "));
}
