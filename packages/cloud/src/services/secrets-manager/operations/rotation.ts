/**
 * Rotation and replication. No functions run here, so every rotation function is one that cannot be invoked, and says
 * so as AWS does for one that is not there (LocalStack, recorded).
 */
import { AwsError } from "../../../wire/errors.ts";
import { invalidParameter, invalidRequest } from "../errors.ts";
import type { Operations } from "../operation.ts";
import { addRegions, promote, removeRegions, replicationStatus } from "../replication.ts";
import { findLive, findOwn, secretArn, secrets } from "../state.ts";
import { NO_TOKEN } from "../store-value.ts";

const noFunction = () => invalidRequest("No Lambda rotation function ARN is associated with this secret.");

export const rotationOperations: Operations = {
  RotateSecret({ SecretId, ClientRequestToken, RotationLambdaARN, ExternalSecretRotationRoleArn }, context) {
    if (!ClientRequestToken) throw invalidParameter(NO_TOKEN);
    findOwn(SecretId, context);
    if (ExternalSecretRotationRoleArn) {
      throw new AwsError(
        "NotImplemented",
        "Managed external secrets (ExternalSecretRotationRoleArn) are not supported by the Sagekeep local cloud.",
        { status: 501 },
      );
    }
    if (!RotationLambdaARN) throw noFunction();
    throw new AwsError(
      "AccessDeniedException",
      "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    );
  },

  CancelRotateSecret({ SecretId }, context) {
    findOwn(SecretId, context);
    throw noFunction();
  },

  async ReplicateSecretToRegions({ SecretId, AddReplicaRegions, ForceOverwriteReplicaSecret }, context) {
    const { secret, at } = findOwn(SecretId, context);
    await addRegions(at, secret.name, AddReplicaRegions, ForceOverwriteReplicaSecret === true, context);
    return {
      ARN: secretArn(at, secret),
      ReplicationStatus: replicationStatus(secrets(at).get(secret.name)!, at),
    };
  },

  RemoveRegionsFromReplication({ SecretId, RemoveReplicaRegions }, context) {
    const { secret, at } = findOwn(SecretId, context);
    removeRegions(at, secret.name, RemoveReplicaRegions);
    return {
      ARN: secretArn(at, secret),
      ReplicationStatus: replicationStatus(secrets(at).get(secret.name)!, at),
    };
  },

  StopReplicationToReplica({ SecretId }, context) {
    const found = findLive(SecretId, context);
    promote(found);
    return { ARN: secretArn(found.at, found.secret) };
  },
};
