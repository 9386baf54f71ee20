/** KMS. https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { resume } from "./deletion.ts";
import { aliasOperations } from "./operations/aliases.ts";
import { customKeyStoreOperations } from "./operations/custom-key-stores.ts";
import { encryptionOperations } from "./operations/encryption.ts";
import { grantOperations } from "./operations/grants.ts";
import { importOperations } from "./operations/import.ts";
import { keyOperations } from "./operations/keys.ts";
import { multiRegionOperations } from "./operations/multi-region.ts";
import { rotationOperations } from "./operations/rotation.ts";
import { signingOperations } from "./operations/signing.ts";
import { tagOperations } from "./operations/tags.ts";
import { resource } from "./resources.ts";

/** Answers and errors of these were held against recordings of AWS. */
const RECORDED = [
  "CreateKey",
  "DescribeKey",
  "Encrypt",
  "Decrypt",
  "GenerateRandom",
  "GenerateMac",
  "VerifyMac",
  "Sign",
  "Verify",
  "ReplicateKey",
  "ImportKeyMaterial",
  "GetParametersForImport",
];

export const service: Service<typeof import("@aws-sdk/client-kms")> = {
  key: "kms",
  actionPrefix: "kms",
  principal: "kms.amazonaws.com",
  operations: {
    ...keyOperations,
    ...aliasOperations,
    ...encryptionOperations,
    ...signingOperations,
    ...grantOperations,
    ...rotationOperations,
    ...tagOperations,
    ...importOperations,
    ...multiRegionOperations,
    ...customKeyStoreOperations,
  },
  authorization,
  resource,
  knowledge: Object.fromEntries(RECORDED.map((operation) => [operation, "recorded" as const])),
  start: resume,
};
