/**
 * What to know before deploying: quotas of IAM and CloudFormation that a platform reaches, exceptions that run out.
 *
 * Sources: IAM User Guide, "IAM and AWS STS quotas"; CloudFormation User Guide, "quotas".
 */

import type { Platform } from "@sagekeep/spec";
import type { Notice, SynthesizedStack, TemplateResource } from "./output.ts";
import { POLICIES_PER_ROLE, TRUST_POLICY_CHARACTERS } from "./policies/pack.ts";

/** What `aws cloudformation deploy` sends without a bucket, and what CloudFormation reads from one. */
export const TEMPLATE_BYTES = { inline: 51_200, bucket: 1_048_576 } as const;
export const TEMPLATE_RESOURCES = 500;
const ROLES_PER_ACCOUNT = 1_000;
const POLICIES_PER_ACCOUNT = 1_500;
/** The ceiling AWS raises the policies of one role to (AWS Knowledge Center). */
const POLICIES_PER_ROLE_CEILING = 20;
const SOON_DAYS = 30;

export function noticesOf(platform: Platform, stacks: readonly SynthesizedStack[], today: string): Notice[] {
  const resources = stacks.flatMap((stack) => Object.values(stack.template.Resources));
  const roles = resources.filter((one) => one.Type === "AWS::IAM::Role");
  const policies = resources.filter((one) => one.Type === "AWS::IAM::ManagedPolicy");
  return [
    ...stacks.flatMap(templateNotices),
    ...roles.flatMap(roleNotices),
    ...countNotice("SYNTH0104", "IAM roles", roles.length, ROLES_PER_ACCOUNT),
    ...countNotice("SYNTH0105", "managed policies", policies.length, POLICIES_PER_ACCOUNT),
    ...platform.exceptions.flatMap((one) => {
      const days = Math.round((Date.parse(one.expires) - Date.parse(today)) / 86_400_000);
      if (days > SOON_DAYS) return [];
      const message = `the exception of team \`${one.team}\` from \`${one.control}\` ends in ${days} days, on ${one.expires}`;
      return [
        {
          code: "SYNTH0106",
          severity: "warning" as const,
          message,
          help: "have it approved again, or let it end",
        },
      ];
    }),
  ];
}

function templateNotices(stack: SynthesizedStack): Notice[] {
  const bytes = Buffer.byteLength(stack.body);
  const count = Object.keys(stack.template.Resources).length;
  const notices: Notice[] = [];
  if (bytes > TEMPLATE_BYTES.inline) {
    const fits = bytes <= TEMPLATE_BYTES.bucket;
    notices.push({
      code: "SYNTH0101",
      severity: fits ? "warning" : "error",
      message: `the template of stack \`${stack.name}\` has ${bytes} bytes, ${fits ? TEMPLATE_BYTES.inline : TEMPLATE_BYTES.bucket} fit`,
      help: fits
        ? "deploy it through a bucket: `aws cloudformation deploy --s3-bucket …`"
        : "divide the platform",
    });
  }
  if (count > TEMPLATE_RESOURCES)
    notices.push({
      code: "SYNTH0102",
      severity: "error",
      message: `stack \`${stack.name}\` has ${count} resources, CloudFormation takes ${TEMPLATE_RESOURCES}`,
      help: "divide the platform",
    });
  return notices;
}

function roleNotices(role: TemplateResource): Notice[] {
  const name = String(role.Properties?.RoleName);
  const attached = (role.Properties?.ManagedPolicyArns as unknown[] | undefined)?.length ?? 0;
  const trust = JSON.stringify(role.Properties?.AssumeRolePolicyDocument).replace(/\s/g, "").length;
  const notices: Notice[] = [];
  if (attached > POLICIES_PER_ROLE)
    notices.push({
      code: "SYNTH0103",
      severity: attached > POLICIES_PER_ROLE_CEILING ? "error" : "warning",
      message: `role \`${name}\` has ${attached} managed policies, the default quota is ${POLICIES_PER_ROLE}`,
      help:
        attached > POLICIES_PER_ROLE_CEILING
          ? `AWS raises the quota to ${POLICIES_PER_ROLE_CEILING} at most: divide the persona`
          : "raise the IAM quota `Managed policies attached to an IAM role`, or divide the persona",
    });
  if (trust > TRUST_POLICY_CHARACTERS)
    notices.push({
      code: "SYNTH0107",
      severity: "warning",
      message: `the trust policy of role \`${name}\` has ${trust} characters, the default quota is ${TRUST_POLICY_CHARACTERS}`,
      help: "name fewer principals under `access`, or raise the IAM quota `Role trust policy length`",
    });
  return notices;
}

function countNotice(code: string, what: string, count: number, quota: number): Notice[] {
  if (count <= quota) return [];
  const message = `the platform has ${count} ${what}, the account's default quota is ${quota}`;
  return [{ code, severity: "warning", message, help: "raise the IAM quota before deploying" }];
}
