/** Secrets Manager. https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
import type * as SecretsManager from "@aws-sdk/client-secrets-manager";
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { listOperations } from "./operations/lists.ts";
import { policyOperations } from "./operations/policies.ts";
import { rotationOperations } from "./operations/rotation.ts";
import { scheduleRemoval, secretOperations } from "./operations/secrets.ts";
import { valueOperations } from "./operations/values.ts";
import { lookUp, secrets } from "./state.ts";

/** Answers and errors of these were held against recordings of AWS. */
const RECORDED = [
  "CreateSecret",
  "DescribeSecret",
  "GetSecretValue",
  "PutSecretValue",
  "UpdateSecret",
  "UpdateSecretVersionStage",
  "ListSecretVersionIds",
  "ListSecrets",
  "DeleteSecret",
  "RestoreSecret",
  "TagResource",
  "UntagResource",
  "RotateSecret",
];

export const service: Service<typeof SecretsManager> = {
  key: "secrets-manager",
  actionPrefix: "secretsmanager",
  principal: "secretsmanager.amazonaws.com",
  operations: {
    ...secretOperations,
    ...valueOperations,
    ...listOperations,
    ...policyOperations,
    ...rotationOperations,
  },
  authorization,
  resource(arn, context) {
    const [, , service, region = "", account = ""] = arn.split(":");
    if (service !== "secretsmanager") return undefined;
    const found = lookUp(arn, context.in(account, region));
    return (
      found && {
        account,
        tags: { ...found.secret.tags },
        ...(found.secret.policy && { policy: { name: found.secret.name, document: found.secret.policy } }),
      }
    );
  },
  knowledge: Object.fromEntries(RECORDED.map((operation) => [operation, "recorded" as const])),
  /** Takes up what was due when the cloud stopped. */
  start(cloud) {
    for (const scope of cloud.store.scopes("secretsmanager.secret")) {
      const [account = "", region = ""] = scope.split("/");
      const at = cloud.within(account, region);
      for (const one of secrets(at).list()) if (one.deletion) scheduleRemoval(at, one.name, one.deletion.due);
    }
  },
};
