/** File systems: creation by token, states, policies, lifecycle. https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html */

import { randomUUID } from "node:crypto";
import type { FileSystemDescription } from "@aws-sdk/client-efs";
import type { ReadContext } from "../../../context.ts";
import { resourcePolicyProblem } from "../../../gateway/resource-policy.ts";
import { newId } from "../../ec2/identifiers.ts";
import { zonesOf } from "../../ec2/zones.ts";
import { isInternal, type Operations } from "../operation.ts";
import {
  accessPoints,
  badRequest,
  bareId,
  type FileSystem,
  failure,
  fileSystem,
  fileSystems,
  pageOf,
  tagList,
  tagsFrom,
  targetsOf,
} from "../state.ts";

const SMALLEST = 6144;

const view = (
  one: Readonly<FileSystem>,
  context: ReadContext,
  LifeCycleState: "creating" | "available" = "available",
) =>
  ({
    OwnerId: context.account,
    CreationToken: one.token,
    FileSystemId: one.id,
    FileSystemArn: context.arn("elasticfilesystem", `file-system/${one.id}`),
    CreationTime: new Date(one.created),
    LifeCycleState,
    ...(one.tags.Name !== undefined && { Name: one.tags.Name }),
    NumberOfMountTargets: targetsOf(context, one.id).length,
    SizeInBytes: {
      Value: SMALLEST,
      Timestamp: new Date(context.now),
      ValueInIA: 0,
      ValueInStandard: SMALLEST,
      ValueInArchive: 0,
    },
    PerformanceMode: one.performance,
    Encrypted: one.encrypted,
    ...(one.kmsKeyId && { KmsKeyId: one.kmsKeyId }),
    ThroughputMode: one.throughput,
    ...(one.provisionedMibps !== undefined && { ProvisionedThroughputInMibps: one.provisionedMibps }),
    ...(one.zone && { AvailabilityZoneName: one.zone, AvailabilityZoneId: one.zoneId }),
    Tags: tagList(one.tags),
    FileSystemProtection: { ReplicationOverwriteProtection: one.overwriteProtection },
  }) satisfies FileSystemDescription;

/** ARN of the key: as given, by id or alias, or AWS's own for EFS. @throws when KMS does not have it */
async function keyArn(
  context: Parameters<NonNullable<Operations["CreateFileSystem"]>>[1],
  given: string | undefined,
) {
  try {
    const answer = await context.call("kms", "DescribeKey", {
      KeyId: given ?? "alias/aws/elasticfilesystem",
    });
    if (answer.KeyMetadata?.Enabled === false) throw badRequest(`The KMS key ${given} is not enabled.`);
    return answer.KeyMetadata.Arn as string;
  } catch (error) {
    if (given === undefined) return context.arn("kms", "alias/aws/elasticfilesystem");
    throw badRequest(`The KMS key '${given}' cannot be used: ${(error as Error).message}`);
  }
}

export const fileSystemOperations: Operations = {
  async CreateFileSystem(input, context) {
    const twin = () =>
      fileSystems(context)
        .list()
        .find((one) => one.token === input.CreationToken);
    const exists = (one: Readonly<FileSystem>) =>
      failure(
        "FileSystemAlreadyExists",
        `File system '${one.id}' already exists with creation token '${input.CreationToken}'`,
        {
          FileSystemId: one.id,
        },
      );
    const old = twin();
    if (old) throw exists(old);
    if (input.KmsKeyId && input.Encrypted === false)
      throw badRequest("KmsKeyId is only valid when Encrypted is set to true.");
    if (input.ThroughputMode === "provisioned" && !input.ProvisionedThroughputInMibps) {
      throw badRequest("ProvisionedThroughputInMibps is required when ThroughputMode is provisioned.");
    }
    const encrypted = input.Encrypted ?? Boolean(input.KmsKeyId);
    const zone = input.AvailabilityZoneName
      ? zonesOf(context.region).find((one) => one.name === input.AvailabilityZoneName)
      : undefined;
    if (input.AvailabilityZoneName && !zone) {
      throw failure(
        "AvailabilityZonesMismatch",
        `The availability zone ${input.AvailabilityZoneName} does not exist.`,
      );
    }
    const tags = tagsFrom(input.Tags, isInternal(context));
    const kmsKeyId = encrypted ? await keyArn(context, input.KmsKeyId) : undefined;
    const late = twin();
    if (late) throw exists(late);
    const id = newId("fs");
    const one = fileSystems(context).put(id, {
      id,
      token: input.CreationToken ?? randomUUID(),
      created: context.now,
      performance: input.PerformanceMode ?? "generalPurpose",
      encrypted,
      ...(kmsKeyId && { kmsKeyId }),
      throughput: input.ThroughputMode ?? "bursting",
      ...(input.ProvisionedThroughputInMibps !== undefined && {
        provisionedMibps: input.ProvisionedThroughputInMibps,
      }),
      ...(zone && { zone: zone.name, zoneId: zone.id }),
      tags,
      lifecycle: [],
      backup: input.Backup ?? zone !== undefined,
      overwriteProtection: "ENABLED",
    });
    return view(one, context, "creating");
  },

  DescribeFileSystems(input, context) {
    if (input.CreationToken && input.FileSystemId) {
      throw badRequest("CreationToken and FileSystemId cannot be given together.");
    }
    const known = input.FileSystemId
      ? [fileSystem(context, input.FileSystemId)]
      : fileSystems(context)
          .list()
          .filter((one) => !input.CreationToken || one.token === input.CreationToken);
    const chosen = known.filter((one) => !input.CreationToken || one.token === input.CreationToken);
    const { items, next } = pageOf(chosen, input.MaxItems ?? 100, input.Marker);
    return { FileSystems: items.map((one) => view(one, context)), Marker: input.Marker, NextMarker: next };
  },

  UpdateFileSystem(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    if (
      input.ThroughputMode === "provisioned" &&
      !(input.ProvisionedThroughputInMibps ?? one.provisionedMibps)
    ) {
      throw badRequest("ProvisionedThroughputInMibps is required when ThroughputMode is provisioned.");
    }
    const next = fileSystems(context).update(one.id, (draft) => {
      if (input.ThroughputMode) draft.throughput = input.ThroughputMode;
      if (input.ProvisionedThroughputInMibps !== undefined)
        draft.provisionedMibps = input.ProvisionedThroughputInMibps;
      if (draft.throughput !== "provisioned") delete draft.provisionedMibps;
    })!;
    return view(next, context);
  },

  UpdateFileSystemProtection(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    const wanted = input.ReplicationOverwriteProtection;
    fileSystems(context).update(one.id, (draft) => {
      if (wanted) draft.overwriteProtection = wanted;
    });
    return { ReplicationOverwriteProtection: wanted ?? one.overwriteProtection };
  },

  DeleteFileSystem(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    if (targetsOf(context, one.id).length) {
      throw failure("FileSystemInUse", `File system '${one.id}' has mount targets created in it.`);
    }
    for (const point of accessPoints(context).list()) {
      if (point.fileSystemId === one.id) accessPoints(context).delete(point.id);
    }
    fileSystems(context).delete(one.id);
    return {};
  },

  PutFileSystemPolicy(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    const problem = resourcePolicyProblem(
      input.Policy as string,
      { prefix: "elasticfilesystem", resource: false },
      context,
    );
    if (problem !== undefined) throw failure("InvalidPolicyException", `Policy is invalid: ${problem}`);
    fileSystems(context).update(one.id, (draft) => {
      draft.policy = input.Policy;
    });
    return { FileSystemId: one.id, Policy: input.Policy };
  },

  DescribeFileSystemPolicy(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    if (!one.policy) throw noPolicy();
    return { FileSystemId: one.id, Policy: one.policy };
  },

  DeleteFileSystemPolicy(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    fileSystems(context).update(one.id, (draft) => {
      delete draft.policy;
    });
    return {};
  },

  PutLifecycleConfiguration(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    const seen = new Set<string>();
    for (const policy of input.LifecyclePolicies) {
      const keys = Object.keys(policy).filter((key) => policy[key as keyof typeof policy] !== undefined);
      if (keys.length !== 1 || seen.has(keys[0]!)) {
        throw badRequest(
          "Each LifecyclePolicy object can have only one transition, and each transition can be given once.",
        );
      }
      seen.add(keys[0]!);
    }
    const next = fileSystems(context).update(one.id, (draft) => {
      draft.lifecycle = input.LifecyclePolicies as FileSystem["lifecycle"];
    })!;
    return { LifecyclePolicies: next.lifecycle as [] };
  },

  DescribeLifecycleConfiguration: (input, context) => ({
    LifecyclePolicies: fileSystem(context, input.FileSystemId).lifecycle as [],
  }),

  PutBackupPolicy(input, context) {
    const one = fileSystem(context, input.FileSystemId);
    const enabled = input.BackupPolicy.Status === "ENABLED";
    fileSystems(context).update(one.id, (draft) => {
      draft.backup = enabled;
    });
    return { BackupPolicy: { Status: enabled ? "ENABLING" : "DISABLING" } };
  },

  DescribeBackupPolicy: (input, context) => ({
    BackupPolicy: { Status: fileSystem(context, input.FileSystemId).backup ? "ENABLED" : "DISABLED" },
  }),

  DescribeReplicationConfigurations(input, context) {
    if (input.FileSystemId) {
      const id = bareId(fileSystem(context, input.FileSystemId).id);
      throw failure("ReplicationNotFound", `No replications found for file system: ${id}`);
    }
    return { Replications: [] };
  },
};

const noPolicy = () => failure("PolicyNotFound", "The policy does not exist for this file system.");
