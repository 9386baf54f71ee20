/** STS: temporary credentials, and who is calling. */
import type * as Sts from "@aws-sdk/client-sts";
import type { Service } from "../../service.ts";
import { accountOfAccessKey } from "../iam/ids.ts";
import { accessKeys } from "../iam/state.ts";
import { assumeRole, authorizeAssumeRole, validationError } from "./assume-role.ts";
import { decodeMessage } from "./authorization-message.ts";
import { assumeRoleWithSaml } from "./saml.ts";
import { getFederationToken, getSessionToken } from "./user-sessions.ts";
import { assumeRoleWithWebIdentity } from "./web-identity.ts";
import { authorizeToken, getWebIdentityToken } from "./web-identity-token.ts";

export const service: Service<typeof Sts> = {
  key: "sts",
  actionPrefix: "sts",
  principal: "sts.amazonaws.com",
  operations: {
    GetCallerIdentity: (_input, { caller }) => ({
      UserId: caller.userId,
      Account: caller.account,
      Arn: caller.arn,
    }),
    AssumeRole: assumeRole,
    AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
    AssumeRoleWithSAML: assumeRoleWithSaml,
    GetSessionToken: getSessionToken,
    GetFederationToken: getFederationToken,
    GetWebIdentityToken: getWebIdentityToken,
    GetAccessKeyInfo({ AccessKeyId }, context) {
      const Account = accessKeys(context).get(AccessKeyId)?.account ?? accountOfAccessKey(AccessKeyId);
      if (Account === undefined) throw validationError("Invalid Access Key ID");
      return { Account };
    },
    DecodeAuthorizationMessage: ({ EncodedMessage }, context) => ({
      DecodedMessage: decodeMessage(EncodedMessage, context),
    }),
  },
  authorization: {
    // always allowed: no policy can deny it
    GetCallerIdentity: () => [],
    AssumeRole: authorizeAssumeRole,
    // the token says who asks, so only the handler can decide
    AssumeRoleWithWebIdentity: () => [],
    AssumeRoleWithSAML: () => [],
    // needs no permission
    GetSessionToken: () => [],
    GetFederationToken: (input: { Name: string }, context) => [
      {
        action: "sts:GetFederationToken",
        resource: `arn:aws:sts::${context.account}:federated-user/${input.Name}`,
      },
    ],
    GetWebIdentityToken: authorizeToken,
    GetAccessKeyInfo: () => [{ action: "sts:GetAccessKeyInfo", resource: "*" }],
    DecodeAuthorizationMessage: () => [{ action: "sts:DecodeAuthorizationMessage", resource: "*" }],
  },
};
