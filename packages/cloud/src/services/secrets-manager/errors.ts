/** Secrets Manager's errors, in the sentences that it was seen to say (LocalStack's and moto's recordings). */
import { AwsError } from "../../wire/errors.ts";

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const exists = (message: string) => new AwsError("ResourceExistsException", message);
export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);

export const notFound = () =>
  new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** @param what `VersionId: …` or `staging label: …` */
export const noValue = (what: string) =>
  new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}`,
  );

export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

export const onReplica = () =>
  invalidParameter(
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );

export const invalidName = () =>
  new AwsError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );

export const limitExceeded = () =>
  new AwsError(
    "LimitExceededException",
    "The request failed because it would exceed one of the Secrets Manager quotas.",
  );
