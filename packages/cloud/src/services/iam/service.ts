/** IAM: who exists in an account and what they may do. */
import type * as Iam from "@aws-sdk/client-iam";
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { accessKeyOperations } from "./operations/access-keys.ts";
import { attachmentOperations } from "./operations/attachments.ts";
import { boundaryOperations } from "./operations/boundaries.ts";
import { groupOperations } from "./operations/groups.ts";
import { inlinePolicyOperations } from "./operations/inline-policies.ts";
import { managedPolicyOperations } from "./operations/managed-policies.ts";
import { roleOperations } from "./operations/roles.ts";
import { userOperations } from "./operations/users.ts";
import { resource } from "./resources.ts";

export const service: Service<typeof Iam> = {
  key: "iam",
  actionPrefix: "iam",
  principal: "iam.amazonaws.com",
  operations: {
    ...userOperations,
    ...groupOperations,
    ...roleOperations,
    ...boundaryOperations,
    ...inlinePolicyOperations,
    ...attachmentOperations,
    ...managedPolicyOperations,
    ...accessKeyOperations,
  },
  authorization,
  resource,
};
