/** Errors of STS that more than one operation throws. */
import { AwsError } from "../../wire/errors.ts";

export const accessDenied = (message: string) => new AwsError("AccessDenied", message, { status: 403 });
