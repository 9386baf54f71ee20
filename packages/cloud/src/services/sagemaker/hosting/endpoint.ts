/** Endpoints and inference components: what a configuration promises, as it is deployed. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { draft, save } from "../engine/change.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { validation } from "../errors.ts";

function configOf(name: unknown, context: ReadContext): Readonly<Resource> {
  const config = find(kindNamed("EndpointConfig"), [String(name)], context);
  if (config) return config;
  const arn = context.arn("sagemaker", `endpoint-config/${String(name).toLowerCase()}`);
  throw validation(`Could not find endpoint configuration "${arn}".`);
}

/** Variants as deployed, from the variants of a configuration. */
function deployed(config: Readonly<Resource>, member: string, context: ReadContext): Fields[] | undefined {
  const variants = config.input[member] as Fields[] | undefined;
  return variants?.map((variant) => ({
    VariantName: variant.VariantName,
    DeployedImages: imagesOf(variant.ModelName, context),
    CurrentWeight: variant.InitialVariantWeight ?? 1,
    DesiredWeight: variant.InitialVariantWeight ?? 1,
    ...(variant.ServerlessConfig
      ? {
          CurrentServerlessConfig: variant.ServerlessConfig,
          DesiredServerlessConfig: variant.ServerlessConfig,
        }
      : {
          CurrentInstanceCount: variant.InitialInstanceCount ?? 1,
          DesiredInstanceCount: variant.InitialInstanceCount ?? 1,
        }),
    ...(variant.ManagedInstanceScaling !== undefined && {
      ManagedInstanceScaling: variant.ManagedInstanceScaling,
    }),
    ...(variant.RoutingConfig !== undefined && { RoutingConfig: variant.RoutingConfig }),
  }));
}

function imagesOf(model: unknown, context: ReadContext): Fields[] {
  const found = model === undefined ? undefined : find(kindNamed("Model"), [String(model)], context);
  if (!found) return [];
  const containers = [
    found.input.PrimaryContainer,
    ...((found.input.Containers as Fields[] | undefined) ?? []),
  ];
  return containers
    .filter((one): one is Fields => typeof (one as Fields | undefined)?.Image === "string")
    .map(({ Image }) => ({
      SpecifiedImage: Image,
      ResolvedImage: Image,
      ResolutionTime: { $date: context.now },
    }));
}

function deploy(resource: Resource, context: ReadContext): void {
  const config = configOf(resource.input.EndpointConfigName, context);
  for (const { ModelName } of (config.input.ProductionVariants as Fields[] | undefined) ?? []) {
    if (ModelName !== undefined && !find(kindNamed("Model"), [String(ModelName)], context)) {
      throw validation(
        `Could not find model "${context.arn("sagemaker", `model/${String(ModelName).toLowerCase()}`)}".`,
      );
    }
  }
  Object.assign(resource.fields, {
    ProductionVariants: deployed(config, "ProductionVariants", context),
    ShadowProductionVariants: deployed(config, "ShadowProductionVariants", context),
    AsyncInferenceConfig: config.input.AsyncInferenceConfig,
    ExplainerConfig: config.input.ExplainerConfig,
    DataCaptureConfig: capture(config.input.DataCaptureConfig as Fields | undefined),
  });
}

function capture(config: Fields | undefined): Fields | undefined {
  if (config?.EnableCapture !== true) return undefined;
  return {
    EnableCapture: true,
    CaptureStatus: "Started",
    CurrentSamplingPercentage: config.InitialSamplingPercentage,
    DestinationS3Uri: config.DestinationS3Uri,
    KmsKeyId: config.KmsKeyId ?? "",
  };
}

export const endpointHooks: Hooks = {
  create: (resource, _, context) => deploy(resource, context),
  update(resource, input, context) {
    resource.input.EndpointConfigName = input.EndpointConfigName;
    if (input.DeploymentConfig !== undefined) resource.fields.LastDeploymentConfig = input.DeploymentConfig;
    const before = resource.fields.ProductionVariants as Fields[] | undefined;
    deploy(resource, context);
    if (input.RetainAllVariantProperties === true) retain(resource, before ?? [], input);
  },
  delete(resource, _, context) {
    if (componentsOf(resource.name, context).length > 0) {
      throw validation(
        `Cannot delete endpoint "${resource.arn}" while inference components are deployed to it. Delete its inference components first.`,
      );
    }
  },
};

/** Weights and counts that an update leaves as they were. */
function retain(resource: Resource, before: Fields[], input: Fields): void {
  const excluded = new Set(
    ((input.ExcludeRetainedVariantProperties as { VariantPropertyType: string }[] | undefined) ?? []).map(
      ({ VariantPropertyType }) => VariantPropertyType,
    ),
  );
  for (const variant of resource.fields.ProductionVariants as Fields[]) {
    const old = before.find(({ VariantName }) => VariantName === variant.VariantName);
    if (!old) continue;
    for (const [type, member] of [
      ["DesiredInstanceCount", "InstanceCount"],
      ["DesiredWeight", "Weight"],
    ] as const) {
      if (excluded.has(type) || old[`Desired${member}`] === undefined) continue;
      variant[`Desired${member}`] = variant[`Current${member}`] = old[`Desired${member}`];
    }
  }
}

/** Inference components on an endpoint. */
export function componentsOf(endpoint: string, context: ReadContext): Readonly<Resource>[] {
  const one = shelf(kindNamed("InferenceComponent"), context);
  return one
    .entries("name")
    .map(({ key }) => one.byKey(key, context.now))
    .filter(
      (found) => found !== undefined && found.input.EndpointName === endpoint && found.status !== "Deleting",
    )
    .map((found) => found as Readonly<Resource>);
}

const endpointArn = (name: unknown, context: ReadContext) =>
  context.arn("sagemaker", `endpoint/${String(name).toLowerCase()}`);

export const componentHooks: Hooks = {
  create(_, input, context) {
    const endpoint = find(kindNamed("Endpoint"), [String(input.EndpointName)], context);
    if (!endpoint) throw validation(`Could not find endpoint "${endpointArn(input.EndpointName, context)}".`);
    const variant = input.VariantName;
    const variants = (endpoint.fields.ProductionVariants as Fields[] | undefined) ?? [];
    if (variant !== undefined && !variants.some(({ VariantName }) => VariantName === variant)) {
      throw validation(`Variant "${variant}" does not exist for Endpoint "${endpoint.arn}".`);
    }
    const model = (input.Specification as Fields | undefined)?.ModelName;
    if (model !== undefined && !find(kindNamed("Model"), [String(model)], context)) {
      throw validation(
        `Could not find model "${context.arn("sagemaker", `model/${String(model).toLowerCase()}`)}".`,
      );
    }
  },
  describe(resource, context) {
    const copies = (resource.input.RuntimeConfig as Fields | undefined)?.CopyCount;
    return {
      EndpointArn: endpointArn(resource.input.EndpointName, context),
      ...(copies !== undefined && {
        RuntimeConfig: {
          DesiredCopyCount: copies,
          CurrentCopyCount: resource.status === "InService" ? copies : 0,
        },
      }),
    };
  },
};

export const hostingOperations: Operations = {
  UpdateEndpointWeightsAndCapacities(input, context) {
    const kind = kindNamed("Endpoint");
    const endpoint = draft(require(kind, input, context, "UpdateEndpointWeightsAndCapacities"));
    if (endpoint.status !== "InService") {
      throw validation(`Cannot update in-progress endpoint "${endpoint.arn}".`);
    }
    const variants = (endpoint.fields.ProductionVariants ?? []) as Fields[];
    for (const wanted of input.DesiredWeightsAndCapacities as Fields[]) {
      const variant = variants.find(({ VariantName }) => VariantName === wanted.VariantName);
      if (!variant) {
        throw validation(
          `The variant name(s) "${wanted.VariantName}" is/are not present within endpoint configuration "${endpoint.input.EndpointConfigName}".`,
        );
      }
      if (wanted.DesiredWeight !== undefined)
        variant.DesiredWeight = variant.CurrentWeight = wanted.DesiredWeight;
      if (wanted.DesiredInstanceCount !== undefined) {
        variant.DesiredInstanceCount = variant.CurrentInstanceCount = wanted.DesiredInstanceCount;
      }
    }
    endpoint.modified = context.now;
    return { EndpointArn: save(kind, endpoint, context).arn };
  },
  UpdateInferenceComponentRuntimeConfig(input, context) {
    const kind = kindNamed("InferenceComponent");
    const one = draft(require(kind, input, context, "UpdateInferenceComponentRuntimeConfig"));
    one.input.RuntimeConfig = input.DesiredRuntimeConfig;
    one.modified = context.now;
    return { InferenceComponentArn: save(kind, one, context).arn };
  },
};

/** Whether an endpoint answers invocations now. @throws ValidationException in the runtime's words */
export function servingEndpoint(name: string, context: CallContext): Readonly<Resource> {
  const endpoint = find(kindNamed("Endpoint"), [name], context);
  if (endpoint && ["InService", "Updating", "SystemUpdating"].includes(endpoint.status ?? ""))
    return endpoint;
  if (endpoint) throw validation(`Endpoint ${name} of account ${context.account} is not in service.`);
  throw validation(`Endpoint ${name} of account ${context.account} not found.`);
}
