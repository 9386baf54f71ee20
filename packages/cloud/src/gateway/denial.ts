/**
 * A denial in AWS's words and each protocol's code.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import { type Decision, denialReason, type Explanation } from "@sagekeep/engine";
import type { ReadContext } from "../context.ts";
import type { Caller } from "../identity/caller.ts";
import type { Check, Service } from "../service.ts";
import { encodeMessage } from "../services/sts/authorization-message.ts";
import { AwsError } from "../wire/errors.ts";

/** Who is denied what, and what the message may tell. */
export interface Denied {
  caller: Caller;
  check: Pick<Check, "action" | "resource" | "shown" | "context">;
  decision: Decision;
  /** The caller is of the resource's account or organisation: strangers are told less. */
  related: boolean;
  /** ARN of the policy that denies explicitly, where AWS tells it. */
  denier?: string | undefined;
}

/** KMS does not tell another account whether there is such a key. */
const KEY_OF_OTHERS =
  "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";

/** `User: … is not authorized to perform: … on resource: … because …`. */
export function denialSentence({ caller, check, decision, denier }: Denied): string {
  const who = caller.principal.kind === "anonymous" ? "anonymous" : caller.arn;
  const start = `User: ${who} is not authorized to perform: ${check.action}`;
  if (check.action.startsWith("kms:") && decision.by === "resource") {
    const owner = check.resource.split(":")[4];
    if (owner && owner !== caller.account)
      return `${start} on ${check.shown ?? "this resource"} ${KEY_OF_OTHERS}`;
  }
  const reason = denialReason(decision, check.action);
  return `${start}${onResource(check)}${reason ? ` ${reason}${denier ? `: ${denier}` : ""}` : ""}`;
}

function onResource({ action, resource, shown }: Denied["check"]): string {
  // S3 puts the resource in quotes, and leaves it out where there is none
  if (action.startsWith("s3:")) return resource === "arn:aws:s3:::*" ? "" : ` on resource: "${resource}"`;
  if (shown?.startsWith("the ")) return ` on ${shown}`;
  return ` on resource: ${shown ?? resource}`;
}

/** Layers whose explicit denials tell the policy's ARN: those of IAM and Organizations. */
const NAMED = new Set<string>(["identity", "boundary", "session", "scp", "rcp"]);

/**
 * The ARN that AWS adds to an explicit denial since 2026, where the denying policy has one: inline policies do not.
 * Strangers are not told: only callers of the resource's account or organisation.
 * https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
 */
export function denierOf(
  explain: () => Explanation,
  decision: Decision,
  related: boolean,
): string | undefined {
  if (decision.outcome !== "ExplicitlyDenied" || !NAMED.has(decision.by) || !related) return undefined;
  const id = explain().blockedBy?.policyId;
  return id?.startsWith("arn:") ? id : undefined;
}

/** Protocol families whose access-denied error differs from JSON's. */
const protocols: Record<string, "query" | "ec2" | "rest-json" | "json" | undefined> = {
  cloudformation: "query",
  cloudwatch: "query",
  ec2: "ec2",
  efs: "rest-json",
  iam: "query",
  s3: "query",
  "s3-control": "query",
  sts: "query",
};

/** The error a caller of this service gets. */
export function denial(service: Service | undefined, denied: Denied, context: ReadContext): AwsError {
  const { caller, check, related } = denied;
  const sentence = denialSentence(denied);
  switch (protocols[service?.key ?? ""] ?? "json") {
    case "ec2": {
      const short = sentence.replace(/ on resource: \*/, "");
      // recorded of AWS: what is authorized on no resource (most Describe calls) comes without the encoded message
      const encoded =
        check.resource === "*" ? "" : `. Encoded authorization failure message: ${sealed(denied, context)}`;
      return new AwsError(
        "UnauthorizedOperation",
        `You are not authorized to perform this operation. ${short}${encoded}`,
        { status: 403 },
      );
    }
    case "rest-json":
      return new AwsError("AccessDeniedException", sentence, { status: 403 });
    case "query":
      if (caller.principal.kind === "anonymous" || (service?.key === "s3" && !related))
        return new AwsError("AccessDenied", "Access Denied", { status: 403 });
      return new AwsError("AccessDenied", sentence, { status: 403 });
    case "json":
      return new AwsError("AccessDeniedException", sentence, { status: 400 });
  }
}

/** What `sts decode-authorization-message` shows of a denial. */
function sealed({ caller, check, decision }: Denied, context: ReadContext): string {
  const conditions = Object.entries({ ...partsOf(check.resource), ...check.context }).flatMap(
    ([key, value]) =>
      value === undefined ? [] : [{ key, values: { items: [value].flat().map((one) => ({ value: one })) } }],
  );
  return encodeMessage(
    {
      allowed: false,
      explicitDeny: decision.outcome === "ExplicitlyDenied",
      matchedStatements: { items: [] },
      failures: { items: [] },
      context: {
        principal: { id: caller.userId, arn: caller.arn },
        action: check.action,
        resource: check.resource,
        conditions: { items: conditions },
      },
    },
    context,
  );
}

/** What the message says of the resource as if they were condition keys. */
function partsOf(arn: string): Record<string, string> {
  const [, , service, region, account, ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (!service || resource === "") return {};
  return {
    ...(region && { "aws:Region": region }),
    "aws:Service": service,
    "aws:Resource": resource,
    "aws:Type": resource.split(/[/:]/)[0] as string,
    ...(account && { "aws:Account": account }),
    "aws:ARN": arn,
  };
}
