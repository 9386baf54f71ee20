/** IAM's errors in AWS's words. */
import { AwsError } from "../../wire/errors.ts";

export const noSuchEntity = (message: string) => new AwsError("NoSuchEntityException", message);
export const alreadyExists = (message: string) => new AwsError("EntityAlreadyExistsException", message);
export const deleteConflict = (message: string) => new AwsError("DeleteConflictException", message);
export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message);
export const invalidInput = (message: string) => new AwsError("InvalidInputException", message);
export const unmodifiable = (message: string) => new AwsError("UnmodifiableEntityException", message);
export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);
export const validationError = (message: string) => new AwsError("ValidationError", message);

export type Kind = "user" | "group" | "role";

export const noSuch = (kind: Kind, name: string) =>
  noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
export const noSuchPolicy = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);
export const notAttachable = (arn: string) =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
export const quota = (name: string, limit: number) =>
  limitExceeded(`Cannot exceed quota for ${name}: ${limit}`);
