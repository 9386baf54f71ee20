import type { Lifecycle } from "../lifecycle.ts";

/** Root cannot assume roles: a refusal is what it must get. */
export const sts: Lifecycle = {
  service: "sts",
  calls: [
    {
      call: "GetCallerIdentity",
      expect: { Account: "111122223333", Arn: "arn:aws:iam::111122223333:root" },
    },
    { call: "GetSessionToken", with: { DurationSeconds: 900 }, expect: { "Credentials.SessionToken": "*" } },
    {
      call: "GetFederationToken",
      with: { Name: "ana", Policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) },
      fails: "MalformedPolicyDocument",
    },
    {
      call: "GetFederationToken",
      with: { Name: "ana", DurationSeconds: 900 },
      expect: { "FederatedUser.Arn": "arn:aws:sts::111122223333:federated-user/ana" },
    },
    {
      call: "AssumeRole",
      with: { RoleArn: "arn:aws:iam::111122223333:role/none", RoleSessionName: "session" },
      fails: "AccessDenied",
    },
    {
      call: "AssumeRole",
      with: { RoleArn: "arn:aws:iam::111122223333:role/none", RoleSessionName: "a b" },
      fails: "ValidationError",
    },
  ],
};
