/** Feature groups: features with metadata, an online and an offline store. */
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import { draft, save } from "../engine/change.ts";
import type { Hooks } from "../engine/kind.ts";
import { kindNamed, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import type { Resource } from "../engine/resource.ts";
import { notFound, validation } from "../errors.ts";

interface Feature {
  FeatureName: string;
  FeatureType: string;
}

const featuresOf = (resource: Readonly<Resource>) => (resource.input.FeatureDefinitions ?? []) as Feature[];

export const featureGroupHooks: Hooks = {
  create(resource, input, context) {
    const names = featuresOf(resource).map(({ FeatureName }) => FeatureName);
    for (const member of ["RecordIdentifierFeatureName", "EventTimeFeatureName"]) {
      if (!names.includes(String(input[member]))) {
        throw validation(
          `Validation Error: ${member} '${input[member]}' is not among the FeatureDefinitions.`,
        );
      }
    }
    if (input.OnlineStoreConfig === undefined && input.OfflineStoreConfig === undefined) {
      throw validation(
        "Validation Error: At least one of OnlineStoreConfig and OfflineStoreConfig must be specified.",
      );
    }
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
    if (input.OfflineStoreConfig === undefined) return;
    const store = resource.input.OfflineStoreConfig as Fields;
    const s3 = store.S3StorageConfig as Fields;
    const path = `${context.account}/sagemaker/${context.region}/offline-store/${resource.name}-${Math.floor(context.now / 1000)}/data`;
    resource.input.OfflineStoreConfig = {
      ...store,
      S3StorageConfig: { ...s3, ResolvedOutputS3Uri: `${String(s3.S3Uri).replace(/\/$/, "")}/${path}` },
    };
    resource.fields.OfflineStoreStatus = { Status: "Active" };
  },
  describe: () => ({ NextToken: "" }),
  update(resource, input, context) {
    const added = (input.FeatureAdditions as Feature[] | undefined) ?? [];
    const taken = new Set(featuresOf(resource).map(({ FeatureName }) => FeatureName));
    const twice = added.find(({ FeatureName }) => taken.has(FeatureName));
    if (twice)
      throw validation(
        `Validation Error: Feature '${twice.FeatureName}' already exists in the Feature Group.`,
      );
    resource.input.FeatureDefinitions = [...featuresOf(resource), ...added];
    for (const member of ["OnlineStoreConfig", "ThroughputConfig"]) {
      if (input[member] !== undefined) {
        resource.input[member] = {
          ...((resource.input[member] ?? {}) as Fields),
          ...(input[member] as Fields),
        };
      }
    }
    resource.fields.LastUpdateStatus = { Status: "Successful" };
    resource.modified = context.now;
  },
  filters: {
    OfflineStoreStatusEquals: (one, wanted) =>
      (one.fields.OfflineStoreStatus as Fields | undefined)?.Status === wanted,
  },
};

interface Parameter {
  Key: string;
  Value: string;
}

export const featureOperations: Operations = {
  DescribeFeatureMetadata(input, context) {
    const group = require(kindNamed("FeatureGroup"), input, context, "DescribeFeatureMetadata");
    const feature = featureIn(group, input);
    const meta = ((group.fields.metadata ?? {}) as Record<string, Fields>)[feature.FeatureName] ?? {};
    return {
      FeatureGroupArn: group.arn,
      FeatureGroupName: group.name,
      ...feature,
      CreationTime: new Date(group.created),
      LastModifiedTime: new Date((meta.modified as number | undefined) ?? group.created),
      ...(meta.Description !== undefined && { Description: meta.Description }),
      Parameters: meta.Parameters ?? [],
    };
  },
  UpdateFeatureMetadata(input, context) {
    const kind = kindNamed("FeatureGroup");
    const group = draft(require(kind, input, context, "UpdateFeatureMetadata"));
    const { FeatureName } = featureIn(group, input);
    const all = { ...((group.fields.metadata ?? {}) as Record<string, Fields>) };
    const old = all[FeatureName] ?? {};
    const added = (input.ParameterAdditions as Parameter[] | undefined) ?? [];
    const gone = new Set([
      ...((input.ParameterRemovals as string[] | undefined) ?? []),
      ...added.map(({ Key }) => Key),
    ]);
    all[FeatureName] = {
      ...old,
      ...(input.Description !== undefined && { Description: input.Description }),
      Parameters: [...((old.Parameters ?? []) as Parameter[]).filter(({ Key }) => !gone.has(Key)), ...added],
      modified: context.now,
    };
    group.fields.metadata = all;
    save(kind, group, context);
    return {};
  },
};

function featureIn(group: Readonly<Resource>, input: Fields): Feature {
  const feature = featuresOf(group).find(({ FeatureName }) => FeatureName === input.FeatureName);
  if (!feature)
    throw notFound(`Feature '${input.FeatureName}' does not exist in Feature Group '${group.name}'.`);
  return feature;
}
