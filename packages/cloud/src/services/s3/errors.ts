/**
 * The errors of S3 in its own words. S3 names the thing in members of the error (`BucketName`, `Key`, …).
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import { AwsError } from "../../wire/errors.ts";

export const noSuchBucket = (name: string) =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", {
    status: 404,
    members: { BucketName: name },
  });

export const noSuchKey = (key: string) =>
  new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, members: { Key: key } });

export const noSuchVersion = (key: string, versionId: string) =>
  new AwsError("NoSuchVersion", "The specified version does not exist.", {
    status: 404,
    members: { Key: key, VersionId: versionId },
  });

export const noSuchUpload = (uploadId: string) =>
  new AwsError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { status: 404, members: { UploadId: uploadId } },
  );

export const methodNotAllowed = (method: string, resourceType: string) =>
  new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    members: { Method: method, ResourceType: resourceType },
  });

export const accessDenied = (message = "Access Denied") =>
  new AwsError("AccessDenied", message, { status: 403 });

export const invalidArgument = (message: string, name?: string, value?: string) =>
  new AwsError("InvalidArgument", message, {
    status: 400,
    members: {
      ...(name !== undefined && { ArgumentName: name }),
      ...(value !== undefined && { ArgumentValue: value }),
    },
  });

export const invalidRequest = (message: string) => new AwsError("InvalidRequest", message, { status: 400 });

export const malformedXml = () =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400 },
  );

export const preconditionFailed = (condition: string) =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    members: { Condition: condition },
  });

export const requestConflict = (condition: string, key: string) =>
  new AwsError(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { status: 409, members: { Condition: condition, Key: key } },
  );

/** 304 has no body; the gateway writes the status and the headers only. */
export const notModified = () => new AwsError("NotModified", "Not Modified", { status: 304 });

/** A behaviour that we would have to pretend: say so instead. */
export const notImplemented = (what: string) =>
  new AwsError(
    "NotImplemented",
    `A header or configuration you provided implies functionality that is not implemented: ${what} is not supported by the Sagekeep local cloud`,
    { status: 501 },
  );
