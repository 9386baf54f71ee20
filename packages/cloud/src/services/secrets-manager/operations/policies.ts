/** Resource policies of secrets. https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html */
import type { Operations } from "../operation.ts";
import { replicate } from "../replication.ts";
import { checkPolicy, validationErrors } from "../resource-policy.ts";
import { find, findLive, findOwn, secretArn, secrets } from "../state.ts";

export const policyOperations: Operations = {
  async PutResourcePolicy({ SecretId, ResourcePolicy, BlockPublicPolicy }, context) {
    const found = findOwn(SecretId, context);
    const { secret, at } = found;
    checkPolicy(ResourcePolicy, found, BlockPublicPolicy === true, context);
    secrets(at).update(secret.name, (draft) => {
      draft.policy = ResourcePolicy;
    });
    await replicate(at, secret.name, context);
    return { ARN: secretArn(at, secret), Name: secret.name };
  },

  GetResourcePolicy({ SecretId }, context) {
    const { secret, at } = findLive(SecretId, context);
    return { ARN: secretArn(at, secret), Name: secret.name, ResourcePolicy: secret.policy };
  },

  async DeleteResourcePolicy({ SecretId }, context) {
    const { secret, at } = findOwn(SecretId, context);
    secrets(at).update(secret.name, (draft) => {
      delete draft.policy;
    });
    await replicate(at, secret.name, context);
    return { ARN: secretArn(at, secret), Name: secret.name };
  },

  ValidateResourcePolicy({ SecretId, ResourcePolicy }, context) {
    const found = SecretId === undefined ? undefined : find(SecretId, context);
    const ValidationErrors = validationErrors(ResourcePolicy, found, context);
    return { PolicyValidationPassed: ValidationErrors.length === 0, ValidationErrors };
  },
};
