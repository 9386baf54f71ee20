/** The errors of S3 Control in its own words. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
import { AwsError } from "../../wire/errors.ts";

export const noSuchAccessPoint = (name: string) =>
  new AwsError("NoSuchAccessPoint", "The specified accesspoint does not exist", {
    status: 404,
    members: { AccessPointName: name },
  });

export const noSuchAccessPointPolicy = (name: string) =>
  new AwsError("NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", {
    status: 404,
    members: { AccessPointName: name },
  });

export const noSuchPublicAccessBlock = (account: string) =>
  new AwsError(
    "NoSuchPublicAccessBlockConfiguration",
    "The public access block configuration was not found",
    {
      status: 404,
      members: { AccountId: account },
    },
  );

export const invalidRequest = (message: string) => new AwsError("InvalidRequest", message, { status: 400 });
