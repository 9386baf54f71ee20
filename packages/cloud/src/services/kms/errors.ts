/** The errors of KMS in its own words. https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html */
import { AwsError } from "../../wire/errors.ts";

export const notFound = (what: string) => new AwsError("NotFoundException", what);
export const keyNotFound = (arn: string) => notFound(`Key '${arn}' does not exist`);
export const aliasNotFound = (arn: string) => notFound(`Alias ${arn} is not found.`);
export const disabled = (arn: string) => new AwsError("DisabledException", `${arn} is disabled.`);
export const invalidState = (message: string) => new AwsError("KMSInvalidStateException", message);
export const validation = (message: string) => new AwsError("ValidationException", message);
export const invalidArn = (message: string) => new AwsError("InvalidArnException", message);
export const unsupported = (message = "") => new AwsError("UnsupportedOperationException", message);
export const invalidCiphertext = (message = "") => new AwsError("InvalidCiphertextException", message);
export const invalidKeyUsage = (message: string) => new AwsError("InvalidKeyUsageException", message);
export const malformedPolicy = (message: string) => new AwsError("MalformedPolicyDocumentException", message);
export const tagProblem = (message: string) => new AwsError("TagException", message);
export const alreadyExists = (message: string) => new AwsError("AlreadyExistsException", message);
export const accessDenied = (message: string) =>
  new AwsError("AccessDeniedException", message, { status: 400 });

/** A ciphertext whose key this caller must not learn about. */
export const unknownCiphertext = () =>
  accessDenied(
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
  );
