/** Stands in for services/iam/directory.ts until that lands: the root user only, nobody else has credentials. */
import type { IdentityDirectory } from "./directory.ts";

export const identityDirectory: IdentityDirectory = {
  credential: () => ({ status: "unknown" }),
  policiesOf: () => ({ identity: [] }),
  organizationPolicies: () => undefined,
  roleSession(roleArn, sessionName) {
    const [, , , , account = "", resource = ""] = roleArn.split(":");
    const arn = `arn:aws:sts::${account}:assumed-role/${resource.split("/").pop()}/${sessionName}`;
    const principal = { kind: "session" as const, arn, roleArn, account };
    return { principal, account, arn, userId: `AROAPROVISIONAL:${sessionName}` };
  },
  root: (account) => ({
    principal: { kind: "root", account },
    account,
    arn: `arn:aws:iam::${account}:root`,
    userId: account,
  }),
  organizationOf: () => undefined,
};
