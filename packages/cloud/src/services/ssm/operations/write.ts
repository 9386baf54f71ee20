/** Making, changing, labelling, tagging and deleting parameters. */
import type { PutParameterCommandInput } from "@aws-sdk/client-ssm";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { DEFAULT_KEY, seal } from "../encryption.ts";
import type { Operations } from "../operation.ts";
import {
  checkName,
  checkPolicies,
  current,
  invalid,
  lookUp,
  MAX_VERSIONS,
  notFound,
  type ParameterRecord,
  type ParameterVersion,
  parameters,
  resolveName,
} from "../parameters.ts";

const STANDARD_SIZE = 4096;
const ADVANCED_SIZE = 8192;
const MAX_LABELS = 10;
const MAX_TAGS = 50;
const GUIDE =
  "For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";

function tierOf(
  input: PutParameterCommandInput,
  old: Readonly<ParameterVersion> | undefined,
): "Standard" | "Advanced" {
  const size = Buffer.byteLength(input.Value ?? "");
  const needed = size > STANDARD_SIZE || Boolean(input.Policies && input.Policies !== "[]");
  const wanted = input.Tier ?? old?.tier ?? "Standard";
  if (wanted === "Intelligent-Tiering") return needed || old?.tier === "Advanced" ? "Advanced" : "Standard";
  if (wanted === "Standard" && old?.tier === "Advanced") {
    throw invalid(
      `This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware of data loss that might result from deleting advanced parameters. ${GUIDE}`,
    );
  }
  if (wanted === "Standard" && size > STANDARD_SIZE) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_SIZE} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. ${GUIDE}`,
    );
  }
  if (wanted === "Standard" && needed) {
    throw invalid(`Parameter policies are supported by advanced parameters only. ${GUIDE}`);
  }
  if (size > ADVANCED_SIZE) {
    throw invalid(
      `Advanced tier parameters support a maximum parameter value of ${ADVANCED_SIZE} characters.`,
    );
  }
  return wanted as "Standard" | "Advanced";
}

function checkPattern(pattern: string | undefined, value: string): void {
  if (!pattern) return;
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new AwsError("InvalidAllowedPatternException", `The regular expression is not valid: ${pattern}`);
  }
  if (!regex.test(value)) {
    throw new AwsError(
      "ParameterPatternMismatchException",
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

function tagsFrom(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[],
  internal = false,
): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const { Key = "", Value = "" } of list) {
    if (/^aws:/i.test(Key) && !internal)
      throw invalid("Tag keys starting with 'aws:' are reserved for AWS use.");
    if (Object.hasOwn(tags, Key)) throw invalid(`Duplicate tag key: ${Key}`);
    tags[Key] = Value;
  }
  if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags();
  return tags;
}

const tooManyTags = () =>
  new AwsError(
    "TooManyTagsError",
    "The Targets parameter includes too many tags. Remove one or more tags and try the command again.",
  );

/** Drops the oldest version when there are too many. @throws AwsError when that one has a label */
function roomFor(record: ParameterRecord): void {
  if (record.versions.length < MAX_VERSIONS) return;
  const oldest = record.versions[0]!;
  if (oldest.labels.length) {
    throw new AwsError(
      "ParameterMaxVersionLimitExceeded",
      `You attempted to create a new version of ${record.name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  record.versions.shift();
}

function put(
  context: CallContext,
  name: string,
  input: PutParameterCommandInput,
  made: Omit<ParameterVersion, "version">,
) {
  const old = lookUp(context, name);
  if (old && !input.Overwrite) throw alreadyExists();
  const record: ParameterRecord = old
    ? // the versions themselves stay as they are
      { ...old, versions: [...old.versions] }
    : { name, versions: [], tags: tagsFrom(input.Tags ?? []) };
  roomFor(record);
  const version = (record.versions.at(-1)?.version ?? 0) + 1;
  record.versions.push({ ...made, version });
  parameters(context).put(name, record);
  return { Version: version, Tier: made.tier };
}

const alreadyExists = () =>
  new AwsError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );

function tagged(context: CallContext, type: string, id: string): Readonly<ParameterRecord> {
  if (type !== "Parameter") {
    throw new AwsError("InvalidResourceType", `${type} is not supported by the Sagekeep local cloud.`);
  }
  const record = lookUp(context, resolveName(context, id).name);
  if (!record)
    throw new AwsError(
      "InvalidResourceId",
      "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
    );
  return record;
}

export const writeOperations: Operations = {
  async PutParameter(input, context) {
    const name = input.Name.startsWith("arn:") ? resolveName(context, input.Name).name : input.Name;
    checkName(name);
    if (!input.Value) {
      throw invalid(
        "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
      );
    }
    const record = lookUp(context, name);
    const old = record && current(record);
    if (input.Tags?.length && input.Overwrite) {
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    }
    if (old && !input.Overwrite) throw alreadyExists();
    const type = input.Type ?? old?.type;
    if (!type) throw invalid("A parameter type is required when you create a parameter.");
    if (!["String", "StringList", "SecureString"].includes(type)) {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
      );
    }
    if (input.KeyId && type !== "SecureString") {
      throw invalid("KeyId is required for SecureString type parameter only.");
    }
    const dataType = input.DataType ?? old?.dataType ?? "text";
    if (!["text", "aws:ec2:image", "aws:ssm:integration"].includes(dataType)) {
      throw invalid(
        `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
      );
    }
    const allowedPattern = input.AllowedPattern ?? (input.Overwrite ? undefined : old?.allowedPattern);
    checkPattern(allowedPattern, input.Value);
    const policies = checkPolicies(input.Policies);
    const tier = tierOf(input, old);
    const description = input.Description ?? old?.description;
    const common = {
      type,
      ...(description !== undefined && { description }),
      ...(allowedPattern !== undefined && { allowedPattern }),
      tier,
      policies: input.Policies === undefined && old ? [...old.policies] : policies,
      dataType,
      labels: [],
      modified: context.now,
      modifiedBy: context.caller.arn,
    };
    if (type !== "SecureString") return put(context, name, input, { ...common, value: input.Value });
    const keyId = input.KeyId ?? old?.keyId ?? DEFAULT_KEY;
    const sealed = await seal(context, name, input.Value, keyId, tier);
    return put(context, name, input, { ...common, ...sealed, keyId });
  },

  DeleteParameter({ Name }, context) {
    const { name } = resolveName(context, Name);
    if (!lookUp(context, name)) throw notFound();
    parameters(context).delete(name);
    return {};
  },

  DeleteParameters({ Names }, context) {
    const DeletedParameters: string[] = [];
    const InvalidParameters: string[] = [];
    for (const one of new Set(Names)) {
      const { name } = resolveName(context, one);
      const there = lookUp(context, name) !== undefined;
      if (there) parameters(context).delete(name);
      (there ? DeletedParameters : InvalidParameters).push(one);
    }
    return { DeletedParameters, InvalidParameters };
  },

  LabelParameterVersion({ Name, ParameterVersion, Labels }, context) {
    const { name } = resolveName(context, Name);
    const record = lookUp(context, name);
    if (!record) throw notFound();
    const wanted = ParameterVersion ?? current(record).version;
    const target = record.versions.find((one) => one.version === wanted);
    if (!target) {
      throw new AwsError(
        "ParameterVersionNotFound",
        `Systems Manager could not find version ${wanted} of ${name}. Verify the version and try again.`,
      );
    }
    const valid = (label: string) => /^[a-zA-Z_][\w.-]{0,99}$/.test(label) && !/^(aws|ssm)/i.test(label);
    const InvalidLabels = Labels.filter((label) => !valid(label));
    const labels = Labels.filter(valid);
    if (new Set([...target.labels, ...labels]).size > MAX_LABELS) {
      throw new AwsError(
        "ParameterVersionLabelLimitExceeded",
        "An error occurred (ParameterVersionLabelLimitExceeded) when calling the LabelParameterVersion operation: A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.",
      );
    }
    parameters(context).update(name, (draft) => {
      for (const version of draft.versions) {
        version.labels = version.labels.filter((label) => !labels.includes(label));
        if (version.version === wanted) version.labels = [...new Set([...target.labels, ...labels])];
      }
    });
    return { InvalidLabels, ParameterVersion: wanted };
  },

  UnlabelParameterVersion({ Name, ParameterVersion, Labels }, context) {
    const { name } = resolveName(context, Name);
    const record = lookUp(context, name);
    if (!record) throw notFound();
    const version = record.versions.find((one) => one.version === ParameterVersion);
    if (!version) {
      throw new AwsError(
        "ParameterVersionNotFound",
        `Systems Manager could not find version ${ParameterVersion} of ${name}. Verify the version and try again.`,
      );
    }
    const RemovedLabels = Labels.filter((label) => version.labels.includes(label));
    parameters(context).update(name, (draft) => {
      for (const one of draft.versions) {
        if (one.version === ParameterVersion)
          one.labels = one.labels.filter((label) => !RemovedLabels.includes(label));
      }
    });
    return { RemovedLabels, InvalidLabels: Labels.filter((label) => !RemovedLabels.includes(label)) };
  },

  AddTagsToResource({ ResourceType, ResourceId, Tags }, context) {
    const record = tagged(context, ResourceType, ResourceId);
    const tags = { ...record.tags, ...tagsFrom(Tags, (context as { internal?: boolean }).internal) };
    if (Object.keys(tags).filter((key) => !key.startsWith("aws:")).length > MAX_TAGS) throw tooManyTags();
    parameters(context).update(record.name, (draft) => {
      draft.tags = tags;
    });
    return {};
  },

  RemoveTagsFromResource({ ResourceType, ResourceId, TagKeys }, context) {
    const record = tagged(context, ResourceType, ResourceId);
    parameters(context).update(record.name, (draft) => {
      for (const key of TagKeys) delete draft.tags[key];
    });
    return {};
  },

  ListTagsForResource({ ResourceType, ResourceId }, context) {
    const record = tagged(context, ResourceType, ResourceId);
    return { TagList: Object.entries(record.tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};
