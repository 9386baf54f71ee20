/** KMS. https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { resume } from "./deletion.ts";
import { aliasOperations } from "./operations/aliases.ts";
import { encryptionOperations } from "./operations/encryption.ts";
import { keyOperations } from "./operations/keys.ts";
import { resource } from "./resources.ts";

export const service: Service<typeof import("@aws-sdk/client-kms")> = {
  key: "kms",
  actionPrefix: "kms",
  principal: "kms.amazonaws.com",
  operations: { ...keyOperations, ...aliasOperations, ...encryptionOperations },
  authorization,
  resource,
  start: resume,
};
