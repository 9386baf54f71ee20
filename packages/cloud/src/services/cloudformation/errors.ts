/** CloudFormation's errors, in its own sentences. */
import { AwsError } from "../../wire/errors.ts";

export { validationError } from "../../stacks/template/errors.ts";

export function alreadyExists(message: string): AwsError {
  return new AwsError("AlreadyExistsException", message);
}

export function noSuchChangeSet(name: string): AwsError {
  return new AwsError("ChangeSetNotFoundException", `ChangeSet [${name}] does not exist`);
}

export function invalidChangeSetStatus(message: string): AwsError {
  return new AwsError("InvalidChangeSetStatusException", message);
}
