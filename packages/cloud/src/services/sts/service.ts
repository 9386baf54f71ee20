/** STS: temporary credentials, and who is calling. */
import type * as Sts from "@aws-sdk/client-sts";
import type { Service } from "../../service.ts";
import { assumeRole, authorizeAssumeRole } from "./assume-role.ts";

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
  },
  authorization: {
    // always allowed: no policy can deny it
    GetCallerIdentity: () => [],
    AssumeRole: authorizeAssumeRole,
  },
};
