/** Trusted access of stack sets in the organization ("Activate trusted access for StackSets with AWS Organizations"). */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { AwsError, isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";

const ServicePrincipal = "member.org.stacksets.cloudformation.amazonaws.com";

/** A call with the caller's own permissions. @throws AwsError `InvalidOperationException` outside of the management account */
async function organizations(context: CallContext, operation: string, input: object) {
  try {
    return await context.call("organizations", operation, input, { kind: "caller" });
  } catch (error) {
    if (isAwsError(error) && /^(?:AWSOrganizationsNotInUse|AccessDenied)Exception$/.test(error.code)) {
      throw new AwsError("InvalidOperationException", error.message);
    }
    throw error;
  }
}

export const organizationsAccessOperations = {
  async ActivateOrganizationsAccess(_input, context) {
    await organizations(context, "EnableAWSServiceAccess", { ServicePrincipal });
    return {};
  },

  async DeactivateOrganizationsAccess(_input, context) {
    await organizations(context, "DisableAWSServiceAccess", { ServicePrincipal });
    return {};
  },

  async DescribeOrganizationsAccess(_input, context) {
    const { EnabledServicePrincipals } = await organizations(
      context,
      "ListAWSServiceAccessForOrganization",
      {},
    );
    const enabled = (EnabledServicePrincipals as { ServicePrincipal: string }[]).some(
      (one) => one.ServicePrincipal === ServicePrincipal,
    );
    return { Status: enabled ? ("ENABLED" as const) : ("DISABLED" as const) };
  },
} satisfies Handlers<typeof Api, CallContext>;
