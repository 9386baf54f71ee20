/** IAM: who exists in an account and what they may do. */
import type * as Iam from "@aws-sdk/client-iam";
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { followKeyUse } from "./last-used.ts";
import { accessKeyOperations } from "./operations/access-keys.ts";
import { accountOperations } from "./operations/account.ts";
import { attachmentOperations } from "./operations/attachments.ts";
import { boundaryOperations } from "./operations/boundaries.ts";
import { groupOperations } from "./operations/groups.ts";
import { inlinePolicyOperations } from "./operations/inline-policies.ts";
import { instanceProfileOperations } from "./operations/instance-profiles.ts";
import { lastAccessedOperations } from "./operations/last-accessed.ts";
import { loginProfileOperations } from "./operations/login-profiles.ts";
import { managedPolicyOperations } from "./operations/managed-policies.ts";
import { mfaOperations } from "./operations/mfa.ts";
import { outboundFederationOperations } from "./operations/outbound-federation.ts";
import { providerOperations } from "./operations/providers.ts";
import { roleOperations } from "./operations/roles.ts";
import { serverCertificateOperations } from "./operations/server-certificates.ts";
import { serviceCredentialOperations } from "./operations/service-credentials.ts";
import { serviceLinkedRoleOperations } from "./operations/service-linked-roles.ts";
import { simulateOperations } from "./operations/simulate.ts";
import { taggingOperations } from "./operations/tagging.ts";
import { userKeyOperations } from "./operations/user-keys.ts";
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
    ...accountOperations,
    ...instanceProfileOperations,
    ...lastAccessedOperations,
    ...loginProfileOperations,
    ...mfaOperations,
    ...outboundFederationOperations,
    ...providerOperations,
    ...serverCertificateOperations,
    ...serviceCredentialOperations,
    ...serviceLinkedRoleOperations,
    ...simulateOperations,
    ...taggingOperations,
    ...userKeyOperations,
  },
  authorization,
  resource,
  start: followKeyUse,
};
