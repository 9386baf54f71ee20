/**
 * Whether an account's principals may have tokens for services outside of AWS. The issuer's pages are at a host that is
 * not here; its keys are known to this cloud's STS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
 */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { registerIssuerKeys } from "../../sts/issuer-keys.ts";
import { newIssuer, outboundFederation } from "../outbound-keys.ts";
import { type OutboundFederation, settings } from "../state.ts";

const keep = (context: CallContext, outbound: OutboundFederation): void => {
  settings(context).put("account", { ...settings(context).get("account"), outbound });
};

const disabled = () =>
  new AwsError(
    "FeatureDisabledException",
    "The request failed because outbound identity federation is already disabled for your AWS account.",
  );

export const outboundFederationOperations: Handlers<typeof Iam, CallContext> = {
  EnableOutboundWebIdentityFederation(_, context) {
    const old = outboundFederation(context);
    if (old?.enabled) {
      throw new AwsError(
        "FeatureEnabledException",
        "The request failed because outbound identity federation is already enabled for your AWS account.",
      );
    }
    // the issuer of an account stays the same
    const now = old ? { ...structuredClone(old), enabled: true } : newIssuer(context);
    keep(context, now);
    registerIssuerKeys(context, now.issuer, { keys: now.keys.map((one) => JSON.parse(one.jwk)) });
    return { IssuerIdentifier: now.issuer };
  },

  DisableOutboundWebIdentityFederation(_, context) {
    const old = outboundFederation(context);
    if (!old?.enabled) throw disabled();
    keep(context, { ...structuredClone(old), enabled: false });
    return {};
  },

  GetOutboundWebIdentityFederationInfo(_, context) {
    const now = outboundFederation(context);
    if (!now) throw disabled();
    return { IssuerIdentifier: now.issuer, JwtVendingEnabled: now.enabled };
  },
};
