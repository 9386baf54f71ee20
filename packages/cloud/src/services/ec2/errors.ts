/**
 * The errors EC2 answers with, in its codes and sentences.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { AwsError } from "../../wire/errors.ts";

export const invalidValue = (message: string) => new AwsError("InvalidParameterValue", message);

/** `Value (x) for parameter y is invalid. …` */
export const badParameter = (parameter: string, value: unknown, why = "") =>
  invalidValue(`Value (${value}) for parameter ${parameter} is invalid.${why && ` ${why}`}`);

export const missing = (parameter: string) =>
  new AwsError("MissingParameter", `The request must contain the parameter ${parameter}`);

export const combination = (message: string) => new AwsError("InvalidParameterCombination", message);

export const notACidr = (parameter: string, value: unknown) =>
  badParameter(parameter, value, "This is not a valid CIDR block.");

export const dependency = (message: string) => new AwsError("DependencyViolation", message);

/** What AWS offers and the local cloud does not; the message names it. */
export const unsupported = (what: string) =>
  new AwsError("UnsupportedOperation", `${what} is not supported by the Sagekeep local cloud.`);

/** The parameter's value, or `MissingParameter`. */
export function need<T>(value: T | undefined | null, parameter: string): T {
  if (value === undefined || value === null || value === "") throw missing(parameter);
  return value;
}
