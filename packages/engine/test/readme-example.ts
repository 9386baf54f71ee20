import { authorize, compilePolicy, explain, type PolicySet, type Request } from "@sagekeep/engine";

const policies: PolicySet = {
  identity: [
    compilePolicy(
      {
        Version: "2012-10-17",
        Statement: {
          Sid: "OwnTeam",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::bank-${aws:PrincipalTag/team}/*",
        },
      },
      { name: "Data", kind: "identity" },
    ),
  ],
};
const request: Request = {
  principal: {
    kind: "session",
    arn: "arn:aws:sts::111122223333:assumed-role/studio/ann",
    roleArn: "arn:aws:iam::111122223333:role/studio",
    account: "111122223333",
    tags: { team: "a" },
  },
  action: "s3:GetObject",
  resource: { arn: "arn:aws:s3:::bank-b/full.csv", account: "111122223333" },
};

export const decision = authorize(request, policies); // { outcome: "ImplicitlyDenied", by: "identity" }
export const reasons = explain(request, policies).wouldAllow; // statement `OwnTeam`: resourceMatches false
