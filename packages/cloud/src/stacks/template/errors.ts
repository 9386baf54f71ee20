/** The one way a template is refused: CloudFormation's `ValidationError`, its sentence given. */
import { AwsError } from "../../wire/errors.ts";

export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

/** `Template format error: …`: the template's form is wrong. */
export function formatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`);
}

/** `Template error: …`: an intrinsic function is misused. */
export function templateError(message: string): AwsError {
  return validationError(`Template error: ${message}`);
}
