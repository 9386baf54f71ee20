/** S3: buckets and objects. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { bucketConfigurationOperations } from "./operations/bucket-configuration.ts";
import { bucketOperations } from "./operations/buckets.ts";
import { deleteOperations } from "./operations/delete-objects.ts";
import { getObjectOperations } from "./operations/get-object.ts";
import { listOperations } from "./operations/list-objects.ts";
import { putObjectOperations } from "./operations/put-object.ts";
import { resource } from "./resources.ts";

export const service: Service<typeof import("@aws-sdk/client-s3")> = {
  key: "s3",
  actionPrefix: "s3",
  principal: "s3.amazonaws.com",
  operations: {
    ...bucketOperations,
    ...bucketConfigurationOperations,
    ...putObjectOperations,
    ...getObjectOperations,
    ...deleteOperations,
    ...listOperations,
  },
  authorization,
  resource,
};
