/** S3 Control: access points and account-wide settings. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html */
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { accessPointOperations } from "./operations/access-points.ts";
import { accountOperations } from "./operations/account.ts";

export const service: Service<typeof import("@aws-sdk/client-s3-control")> = {
  key: "s3-control",
  actionPrefix: "s3",
  principal: "s3.amazonaws.com",
  operations: { ...accessPointOperations, ...accountOperations },
  authorization,
};
