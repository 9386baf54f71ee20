/**
 * What an account sets for a whole region: how volumes are encrypted, whether images and snapshots may be public, the
 * serial console, instance metadata. Kept and told; there are no instances for which they could matter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableEbsEncryptionByDefault.html
 */
import type { InstanceMetadataDefaultsResponse } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { badParameter, need } from "../errors.ts";
import type { Operations } from "../operation.ts";

interface Settings {
  ebsEncryption: boolean;
  /** ARN. @default AWS's own key */
  ebsKey?: string;
  serialConsole: boolean;
  /** New accounts begin with the block in force. */
  publicImages: "unblocked" | "block-new-sharing";
  publicSnapshots: "unblocked" | "block-new-sharing" | "block-all-sharing";
  metadata: Record<string, string | number>;
}

const AWS_KEY = "alias/aws/ebs";
const FIRST: Settings = {
  ebsEncryption: false,
  serialConsole: false,
  publicImages: "block-new-sharing",
  publicSnapshots: "unblocked",
  metadata: {},
};

const read = (context: ReadContext): Readonly<Settings> =>
  context.table<Settings>("ec2.account-settings").get("all") ?? FIRST;

function write(context: CallContext, changes: Partial<Settings>): Readonly<Settings> {
  return context.table<Settings>("ec2.account-settings").put("all", { ...read(context), ...changes });
}

/** A key as the setting keeps it: an alias or an ARN as given, an id as its ARN. */
const keyArn = (context: ReadContext, key: string): string =>
  key.startsWith("arn:") ? key : context.arn("kms", key.startsWith("alias/") ? key : `key/${key}`);

const METADATA: Record<string, readonly string[]> = {
  HttpTokens: ["optional", "required"],
  HttpEndpoint: ["enabled", "disabled"],
  InstanceMetadataTags: ["enabled", "disabled"],
  HttpTokensEnforced: ["enabled", "disabled"],
};
const MAX_HOPS = 64;

export const accountSettingOperations: Operations = {
  GetEbsEncryptionByDefault: (_, context) => ({ EbsEncryptionByDefault: read(context).ebsEncryption }),
  EnableEbsEncryptionByDefault: (_, context) => ({
    EbsEncryptionByDefault: write(context, { ebsEncryption: true }).ebsEncryption,
  }),
  DisableEbsEncryptionByDefault: (_, context) => ({
    EbsEncryptionByDefault: write(context, { ebsEncryption: false }).ebsEncryption,
  }),
  GetEbsDefaultKmsKeyId: (_, context) => ({ KmsKeyId: read(context).ebsKey ?? AWS_KEY }),
  ModifyEbsDefaultKmsKeyId(input, context) {
    const ebsKey = keyArn(context, need(input.KmsKeyId, "kmsKeyId"));
    write(context, { ebsKey });
    return { KmsKeyId: ebsKey };
  },
  ResetEbsDefaultKmsKeyId(_, context) {
    const { ebsKey: __, ...rest } = read(context);
    context.table<Settings>("ec2.account-settings").put("all", rest);
    return { KmsKeyId: AWS_KEY };
  },

  GetSerialConsoleAccessStatus: (_, context) => ({
    SerialConsoleAccessEnabled: read(context).serialConsole,
    ManagedBy: "account",
  }),
  EnableSerialConsoleAccess: (_, context) => ({
    SerialConsoleAccessEnabled: write(context, { serialConsole: true }).serialConsole,
  }),
  DisableSerialConsoleAccess: (_, context) => ({
    SerialConsoleAccessEnabled: write(context, { serialConsole: false }).serialConsole,
  }),

  GetImageBlockPublicAccessState: (_, context) => ({
    ImageBlockPublicAccessState: read(context).publicImages,
    ManagedBy: "account",
  }),
  EnableImageBlockPublicAccess(input, context) {
    const state = need(
      input.ImageBlockPublicAccessState as string | undefined,
      "imageBlockPublicAccessState",
    );
    if (state !== "block-new-sharing") throw badParameter("imageBlockPublicAccessState", state);
    write(context, { publicImages: state });
    return { ImageBlockPublicAccessState: state };
  },
  DisableImageBlockPublicAccess(_, context) {
    write(context, { publicImages: "unblocked" });
    return { ImageBlockPublicAccessState: "unblocked" };
  },

  GetSnapshotBlockPublicAccessState: (_, context) => ({
    State: read(context).publicSnapshots,
    ManagedBy: "account",
  }),
  EnableSnapshotBlockPublicAccess(input, context) {
    const state = need(input.State as string | undefined, "state");
    if (state !== "block-all-sharing" && state !== "block-new-sharing") throw badParameter("state", state);
    return { State: write(context, { publicSnapshots: state }).publicSnapshots };
  },
  DisableSnapshotBlockPublicAccess: (_, context) => ({
    State: write(context, { publicSnapshots: "unblocked" }).publicSnapshots,
  }),

  GetInstanceMetadataDefaults: (_, context) => ({
    AccountLevel: { ...read(context).metadata, ManagedBy: "account" } as InstanceMetadataDefaultsResponse,
  }),
  ModifyInstanceMetadataDefaults(input, context) {
    const metadata = { ...read(context).metadata };
    for (const [name, values] of Object.entries(METADATA)) {
      const given = (input as Record<string, unknown>)[name];
      if (given === undefined) continue;
      // `no-preference` takes the account's wish back
      if (given === "no-preference") delete metadata[name];
      else if (values.includes(String(given))) metadata[name] = String(given);
      else throw badParameter(name, given);
    }
    const hops = input.HttpPutResponseHopLimit;
    if (hops === -1) delete metadata.HttpPutResponseHopLimit;
    else if (hops !== undefined) {
      if (hops < 1 || hops > MAX_HOPS) throw badParameter("httpPutResponseHopLimit", hops);
      metadata.HttpPutResponseHopLimit = hops;
    }
    write(context, { metadata });
    return { Return: true };
  },
};
