/** The errors VPC Lattice answers with. https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/CommonErrors.html */
import { AwsError } from "../../wire/errors.ts";

/** A value that AWS's own checks refuse, with the field where there is one. */
export const invalid = (message: string, field?: string) =>
  new AwsError("ValidationException", message, {
    members: {
      reason: field ? "fieldValidationFailed" : "other",
      ...(field && { fieldList: [{ name: field, message }] }),
    },
  });

export const notFound = (resourceType: string, resourceId: string) =>
  new AwsError("ResourceNotFoundException", `${resourceType} ${resourceId} not found`, {
    members: { resourceId, resourceType: typeName(resourceType) },
  });

export const conflict = (message: string, resourceType: string, resourceId: string) =>
  new AwsError("ConflictException", message, {
    members: { resourceId, resourceType: typeName(resourceType) },
  });

/** `ServiceNetwork` → `SERVICE_NETWORK`. */
const typeName = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();

/** What AWS offers and the local cloud does not; the message names it. */
export const unsupported = (what: string) => invalid(`${what} is not supported by the Sagekeep local cloud.`);
