/**
 * What KMS adds to its events: the algorithm that was meant, the key material that was used, the key of calls whose
 * answer does not name it. See "Examples of AWS KMS log entries" in the KMS Developer Guide.
 */

type Values = Readonly<Record<string, unknown>>;
type Resource = { ARN: string; accountId?: string; type?: string };

const given = (value: unknown): Values =>
  typeof value === "object" && value !== null ? (value as Values) : {};

/** `requestParameters` always name the algorithm. */
export function kmsRequest(operation: string, record: Values | null): Record<string, unknown> | null {
  switch (operation) {
    case "Encrypt":
    case "Decrypt":
      return { encryptionAlgorithm: "SYMMETRIC_DEFAULT", ...record };
    case "CreateKey":
      return {
        bypassPolicyLockoutSafetyCheck: false,
        description: "",
        customerMasterKeySpec: record?.keySpec ?? "SYMMETRIC_DEFAULT",
        keySpec: record?.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT",
        keyUsage: "ENCRYPT_DECRYPT",
        multiRegion: false,
        origin: "AWS_KMS",
        ...record,
      };
    case "ReEncrypt":
      return {
        sourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        destinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        ...record,
      };
    default:
      return record;
  }
}

/** Since December 2022 `responseElements.keyId` is the key's ARN, also where the operation returns nothing. */
export function kmsResponse(
  record: Values | null,
  resources: readonly Resource[] | undefined,
): Record<string, unknown> | null {
  const key = resources?.find((one) => one.type === "AWS::KMS::Key")?.ARN;
  if (!key || record?.keyMetadata || record?.replicaKeyMetadata) return record;
  return { ...record, keyId: key };
}

/** Ids of the key material that was used. */
export function kmsAdditional(output: unknown): Record<string, unknown> | undefined {
  const { KeyMaterialId, SourceKeyMaterialId, DestinationKeyMaterialId } = given(output);
  if (SourceKeyMaterialId || DestinationKeyMaterialId) {
    return {
      ...(DestinationKeyMaterialId ? { destinationKeyMaterialId: DestinationKeyMaterialId } : {}),
      ...(SourceKeyMaterialId ? { sourceKeyMaterialId: SourceKeyMaterialId } : {}),
    };
  }
  return KeyMaterialId ? { keyMaterialId: KeyMaterialId } : undefined;
}

/** ReEncrypt is about two keys, source first. */
export function kmsResources(output: unknown, noted: Resource[] | undefined): Resource[] | undefined {
  const { SourceKeyId, KeyId } = given(output);
  if (typeof SourceKeyId !== "string" || typeof KeyId !== "string") return noted;
  return [SourceKeyId, KeyId].map((ARN) => ({
    ARN,
    accountId: ARN.split(":")[4] as string,
    type: "AWS::KMS::Key",
  }));
}
