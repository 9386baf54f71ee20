/** Every SageMaker type: those of the tables, and those that need more than their names. */
import { ResourceFailure } from "../../engine/failure.ts";
import { isMap, type ValueMap } from "../../template/value.ts";
import { compact, declared, map, pick } from "../declared.ts";
import { type HandlerTable, type ResourceHandler, type ResourceRequest, text } from "../handler.ts";
import { tagList } from "../tags.ts";
import { aliases, aliasesStep } from "./given.ts";
import { FAILED, kind, sagemakerTags, service } from "./kind.ts";
import { moreKinds, moreTypes } from "./more.ts";
import { simpleKinds } from "./table.ts";

const DOMAIN_UPDATES = [
  "DefaultUserSettings",
  "DefaultSpaceSettings",
  "DomainSettings",
  "AppSecurityGroupManagement",
  "AppNetworkAccessType",
  "SubnetIds",
  "TagPropagation",
];

/** Waits until a description says that there is none any more. */
async function untilGone(op: string, input: object, r: ResourceRequest): Promise<void> {
  await r.until(async () => {
    try {
      await r.read(service, op, input);
      return undefined;
    } catch {
      return true;
    }
  });
}

/** A type whose deletion takes a while. */
function slowlyGone(
  handler: ResourceHandler,
  op: string,
  input: (physical: Parameters<ResourceHandler["delete"]>[0]) => object,
): ResourceHandler {
  return {
    ...handler,
    async delete(physical, r) {
      await handler.delete(physical, r);
      await untilGone(op, input(physical), r);
    },
  };
}

const byType: Record<string, ResourceHandler> = Object.fromEntries(
  [...simpleKinds, ...moreKinds].map((one) => [
    `AWS::SageMaker::${one.type}`,
    kind(`AWS::SageMaker::${one.type}`, one),
  ]),
);
const profile = byType["AWS::SageMaker::UserProfile"] as ResourceHandler;
const space = byType["AWS::SageMaker::Space"] as ResourceHandler;
const app = byType["AWS::SageMaker::App"] as ResourceHandler;
const notebook = byType["AWS::SageMaker::NotebookInstance"] as ResourceHandler;
const endpoint = byType["AWS::SageMaker::Endpoint"] as ResourceHandler;

export const sagemakerTypes: HandlerTable = {
  ...byType,
  ...moreTypes,
  "AWS::SageMaker::Domain": slowlyGone(
    {
      ...kind("AWS::SageMaker::Domain", {
        kind: "Domain",
        key: "DomainId",
        arn: "DomainArn",
        ref: (output) => text(output.DomainId) || (text(output.DomainArn).split("/").pop() ?? ""),
        update: DOMAIN_UPDATES,
        change: ({ p }) => ({ DomainSettings: undefined, DomainSettingsForUpdate: settingsForUpdate(p) }),
        status: "Status",
      }),
      nameProperty: "DomainName",
      async delete({ physicalId }, r) {
        // AWS's handler asks for the home file system to be kept
        await r.call(service, "DeleteDomain", {
          DomainId: physicalId,
          RetentionPolicy: { HomeEfsFileSystem: "Retain" },
        });
      },
    },
    "DescribeDomain",
    ({ physicalId }) => ({ DomainId: physicalId }),
  ),
  "AWS::SageMaker::UserProfile": slowlyGone(profile, "DescribeUserProfile", ({ properties: p }) =>
    pick(p, "DomainId", "UserProfileName"),
  ),
  "AWS::SageMaker::Space": slowlyGone(space, "DescribeSpace", ({ properties: p }) =>
    pick(p, "DomainId", "SpaceName"),
  ),
  "AWS::SageMaker::App": {
    ...app,
    async delete(physical, r) {
      const identity = pick(
        physical.properties,
        "DomainId",
        "UserProfileName",
        "SpaceName",
        "AppType",
        "AppName",
      );
      await app.delete(physical, r);
      await r.until(async () => {
        try {
          const state = await r.read(service, "DescribeApp", identity);
          return state.Status === "Deleted" ? true : undefined;
        } catch {
          return true;
        }
      });
    },
  },
  "AWS::SageMaker::Endpoint": slowlyGone(endpoint, "DescribeEndpoint", ({ properties: p, attributes }) => ({
    EndpointName: p.EndpointName ?? attributes.EndpointName,
  })),
  "AWS::SageMaker::NotebookInstance": {
    ...notebook,
    async delete(physical, r) {
      const name = {
        NotebookInstanceName: physical.attributes.__name ?? physical.properties.NotebookInstanceName,
      };
      const state = await r.read(service, "DescribeNotebookInstance", name);
      if (state.NotebookInstanceStatus === "InService") await r.call(service, "StopNotebookInstance", name);
      await r.until(async () => {
        const { NotebookInstanceStatus: now } = await r.read(service, "DescribeNotebookInstance", name);
        return now === "Stopped" || now === "Failed" ? true : undefined;
      });
      await r.call(service, "DeleteNotebookInstance", name);
      await untilGone("DescribeNotebookInstance", name, r);
    },
  },
  "AWS::SageMaker::Pipeline": declared({
    service,
    create: {
      op: "CreatePipeline",
      input: ({ p, r }) => ({ ...pipeline(p), PipelineName: p.PipelineName, Tags: tagList(p, r) }),
    },
    id: (_, { p }) => text(p.PipelineName),
    steps: [
      {
        of: [
          "PipelineDisplayName",
          "PipelineDescription",
          "PipelineDefinition",
          "RoleArn",
          "ParallelismConfiguration",
        ],
        updateOnly: true,
        op: "UpdatePipeline",
        input: ({ id, p }) => ({ ...pipeline(p), PipelineName: id }),
      },
    ],
    describe: { op: "DescribePipeline", input: ({ id }) => ({ PipelineName: id }), pick: (output) => output },
    attributes: (one) => ({ __arn: one.PipelineArn }),
    delete: {
      op: "DeletePipeline",
      input: ({ id, r }) => ({ PipelineName: id, ClientRequestToken: r.generatedName(60) }),
    },
    tags: sagemakerTags,
    nameProperty: "PipelineName",
  }),
  "AWS::SageMaker::ImageVersion": declared({
    service,
    create: {
      op: "CreateImageVersion",
      input: ({ p, r }) => ({
        ...p,
        Alias: undefined,
        Aliases: aliases(p).length > 0 ? aliases(p) : undefined,
        ClientToken: r.generatedName(36),
      }),
    },
    id: (output) => output.ImageVersionArn,
    steps: [aliasesStep],
    describe: {
      op: "DescribeImageVersion",
      input: ({ id }) => ({ ImageName: id.split("/").at(-2), Version: Number(id.split("/").at(-1)) }),
      pick: (output) => output,
    },
    ready: (one) => {
      if (FAILED.test(text(one?.ImageVersionStatus)))
        throw new ResourceFailure(text(one.FailureReason) || "image version failed");
      return one?.ImageVersionStatus === "CREATED";
    },
    attributes: (one, { id }) =>
      pickState(one, ["ImageArn", "Version", "ContainerImage"], { ImageVersionArn: id }),
    delete: {
      op: "DeleteImageVersion",
      input: ({ id }) => ({ ImageName: id.split("/").at(-2), Version: Number(id.split("/").at(-1)) }),
    },
  }),
};

function pickState(state: ValueMap, names: readonly string[], more: ValueMap): ValueMap {
  return { ...pick(state, ...names), ...more };
}

/** `PipelineDefinition` is an object here: the text itself, or a place in S3. */
function pipeline(p: ValueMap): object {
  const definition = map(p.PipelineDefinition);
  const place = definition.PipelineDefinitionS3Location;
  const { Bucket, Key, Version } = map(place);
  return compact({
    ...pick(p, "PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration"),
    PipelineDefinition: definition.PipelineDefinitionBody,
    PipelineDefinitionS3Location: isMap(place)
      ? compact({ Bucket, ObjectKey: Key, VersionId: Version })
      : undefined,
  });
}
/** The same settings, with RStudio's under the name that an update has for them. */
function settingsForUpdate(p: ValueMap): object | undefined {
  if (p.DomainSettings === undefined) return undefined;
  const { RStudioServerProDomainSettings: studio, ...rest } = map(p.DomainSettings);
  return compact({ ...rest, RStudioServerProDomainSettingsForUpdate: studio });
}
