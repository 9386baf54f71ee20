/**
 * A denial in AWS's words and each protocol's code.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import { type Decision, denialReason } from "@sagekeep/engine";
import type { ReadContext } from "../context.ts";
import type { Caller } from "../identity/caller.ts";
import type { Check, Service } from "../service.ts";
import { encodeMessage } from "../services/sts/authorization-message.ts";
import { AwsError } from "../wire/errors.ts";

/** `User: … is not authorized to perform: … on resource: … because …`. */
export function denialSentence(
  caller: Caller,
  check: Pick<Check, "action" | "resource">,
  decision: Decision,
): string {
  const who = caller.principal.kind === "anonymous" ? "anonymous" : caller.arn;
  const reason = denialReason(decision, check.action);
  // S3 puts the resource in quotes, and leaves it out where there is none
  const s3 = check.action.startsWith("s3:");
  const on =
    s3 && check.resource === "arn:aws:s3:::*"
      ? ""
      : ` on resource: ${s3 ? `"${check.resource}"` : check.resource}`;
  return `User: ${who} is not authorized to perform: ${check.action}${on}${reason ? ` ${reason}` : ""}`;
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
export function denial(
  service: Service | undefined,
  caller: Caller,
  check: Check,
  decision: Decision,
  context: ReadContext,
): AwsError {
  const sentence = denialSentence(caller, check, decision);
  switch (protocols[service?.key ?? ""] ?? "json") {
    case "ec2": {
      const short = sentence.replace(/ on resource: \*/, "");
      // recorded of AWS: what is authorized on no resource (most Describe calls) comes without the encoded message
      const encoded =
        check.resource === "*"
          ? ""
          : `. Encoded authorization failure message: ${sealed(caller, check, decision, context)}`;
      return new AwsError(
        "UnauthorizedOperation",
        `You are not authorized to perform this operation. ${short}${encoded}`,
        { status: 403 },
      );
    }
    case "rest-json":
      return new AwsError("AccessDeniedException", sentence, { status: 403 });
    case "query":
      if (caller.principal.kind === "anonymous")
        return new AwsError("AccessDenied", "Access Denied", { status: 403 });
      return new AwsError("AccessDenied", sentence, { status: 403 });
    case "json":
      return new AwsError("AccessDeniedException", sentence, { status: 400 });
  }
}

/** What `sts decode-authorization-message` shows of a denial. */
function sealed(caller: Caller, check: Check, decision: Decision, context: ReadContext): string {
  const conditions = Object.entries(check.context ?? {}).flatMap(([key, value]) =>
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
