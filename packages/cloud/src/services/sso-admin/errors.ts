/** Identity Center's errors. */
import { AwsError } from "../../wire/errors.ts";

export const notFound = (what: string) => new AwsError("ResourceNotFoundException", `${what} not found.`);
export const conflict = (message: string) => new AwsError("ConflictException", message);
export const invalid = (message: string) => new AwsError("ValidationException", message);
