/**
 * The user's side: searching what one may launch, launching it as a CloudFormation stack, and taking it down. A user
 * sees the products of portfolios that their role, user or group is associated with. The stack is made with the role
 * of a launch constraint, or else with the user's own permissions.
 */
import type { CallAs, CallContext, ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import { artifactOf, launchable, launchRole, mine, pathsOf } from "./launch-paths.ts";
import { detail, launchedOf, outputsOf, recordView, stackOf, statusOf } from "./launched-stack.ts";
import {
  invalid,
  newId,
  notFound,
  type Product,
  type Provisioned,
  page,
  products,
  provisioned,
  records,
  tagList,
  tagsOf,
} from "./state.ts";
import { productSummary } from "./views.ts";

type Client = typeof import("@aws-sdk/client-service-catalog");

export const launching: Handlers<Client, CallContext> = {
  SearchProducts(input, context) {
    const seen = new Set(mine(context).flatMap((one) => one.products));
    const words = Object.values(input.Filters ?? {})
      .flat()
      .map((word) => word.toLowerCase());
    const all = [...seen]
      .map((id) => products(context).get(id))
      .filter((one): one is Readonly<Product> => one !== undefined)
      .filter((one) =>
        words.every((word) => `${one.name} ${one.description} ${one.owner}`.toLowerCase().includes(word)),
      )
      .sort((a, b) => a.name.localeCompare(b.name) * (input.SortOrder === "DESCENDING" ? -1 : 1));
    const { items, ...rest } = page(all, input);
    return { ProductViewSummaries: items.map(productSummary), ProductViewAggregations: {}, ...rest };
  },
  DescribeProduct(input, context) {
    const one = launchable(input.Id, input.Name, context);
    return {
      ProductViewSummary: productSummary(one),
      ProvisioningArtifacts: one.artifacts
        .filter(({ active }) => active)
        .map(({ id, name, created }) => ({
          Id: id,
          Name: name,
          CreatedTime: new Date(created),
          Guidance: "DEFAULT" as const,
        })),
      Budgets: [],
      LaunchPaths: pathsOf(one.id, context).map(({ id, name }) => ({ Id: id, Name: name })),
    };
  },
  ListLaunchPaths(input, context) {
    const { id } = launchable(input.ProductId, undefined, context);
    const { items, ...rest } = page(pathsOf(id, context), input);
    return {
      LaunchPathSummaries: items.map((one) => ({
        Id: one.id,
        Name: one.name,
        Tags: tagList(one.tags),
        ConstraintSummaries: [],
      })),
      ...rest,
    };
  },
  async DescribeProvisioningParameters(input, context) {
    const product = launchable(input.ProductId, input.ProductName, context);
    const artifact = artifactOf(product, input.ProvisioningArtifactId, input.ProvisioningArtifactName);
    const { Parameters } = await context.call(
      "cloudformation",
      "GetTemplateSummary",
      { TemplateURL: artifact.url },
      { kind: "caller" },
    );
    return {
      ProvisioningArtifactParameters: ((Parameters ?? []) as Record<string, never>[]).map((one) => ({
        ParameterKey: one.ParameterKey,
        DefaultValue: one.DefaultValue,
        ParameterType: one.ParameterType,
        IsNoEcho: one.NoEcho,
        Description: one.Description,
      })),
      ConstraintSummaries: [],
      UsageInstructions: [],
      TagOptions: [],
    };
  },
  async ProvisionProduct(input, context) {
    const product = launchable(input.ProductId, input.ProductName, context);
    const artifact = artifactOf(product, input.ProvisioningArtifactId, input.ProvisioningArtifactName);
    const paths = pathsOf(product.id, context);
    const path =
      input.PathId === undefined
        ? paths.length === 1
          ? paths[0]
          : undefined
        : paths.find(({ id }) => id === input.PathId);
    if (!path)
      throw invalid(
        paths.length > 1
          ? "The product has several launch paths. Specify PathId."
          : `Launch path ${input.PathId} not found.`,
      );
    if (
      provisioned(context)
        .list()
        .some(({ name }) => name === input.ProvisionedProductName)
    ) {
      throw new AwsError(
        "DuplicateResourceException",
        `A provisioned product with the name ${input.ProvisionedProductName} already exists.`,
      );
    }
    const id = newId("pp");
    const role = launchRole(path.id, product.id, context);
    const one: Provisioned = {
      id,
      arn: context.arn("servicecatalog", `stack/${input.ProvisionedProductName}/${id}`),
      name: input.ProvisionedProductName,
      product: product.id,
      artifact: artifact.id,
      path: path.id,
      stack: `SC-${context.account}-${id}`,
      created: context.now,
      user: context.caller.arn,
      tags: { ...path.tags, ...product.tags, ...tagsOf(input.Tags) },
      ...(role !== undefined && { launchRole: role }),
      lastRecord: newId("rec"),
      token: input.ProvisionToken ?? id,
    };
    const as: CallAs =
      role === undefined ? { kind: "caller" } : { kind: "role", arn: role, sessionName: "servicecatalog" };
    await context.call(
      "cloudformation",
      "CreateStack",
      {
        StackName: one.stack,
        TemplateURL: artifact.url,
        Parameters: (input.ProvisioningParameters ?? []).map(({ Key, Value }) => ({
          ParameterKey: Key,
          ParameterValue: Value,
        })),
        Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Tags: tagList(one.tags),
      },
      as,
    );
    provisioned(context).put(id, one);
    const record = records(context).put(one.lastRecord, {
      id: one.lastRecord,
      type: "PROVISION_PRODUCT",
      provisioned: one,
      created: context.now,
    });
    return { RecordDetail: recordView(record, "CREATED", context) };
  },
  async DescribeRecord(input, context) {
    const record = records(context).get(input.Id);
    if (!record) throw notFound(`Record ${input.Id} not found.`);
    const stack = await stackOf(record.provisioned, context);
    const going = stack?.StackStatus.endsWith("_IN_PROGRESS");
    const ended = record.type === "TERMINATE_PROVISIONED_PRODUCT" ? !stack : statusOf(stack) === "AVAILABLE";
    const outputs = outputsOf(stack).map(({ OutputKey, OutputValue, Description }) => ({
      OutputKey,
      OutputValue,
      ...(Description !== undefined && { Description }),
    }));
    const failed =
      ended || going ? record : { ...record, error: stack?.StackStatusReason ?? "The stack failed." };
    return {
      RecordDetail: recordView(failed, going ? "IN_PROGRESS" : ended ? "SUCCEEDED" : "FAILED", context),
      RecordOutputs: outputs,
    };
  },
  async DescribeProvisionedProduct(input, context) {
    const {
      stack: _,
      PhysicalId: __,
      ...told
    } = await detail(launchedOf(input.Id, input.Name, context), context);
    return { ProvisionedProductDetail: told, CloudWatchDashboards: [] };
  },
  async GetProvisionedProductOutputs(input, context) {
    const { stack } = await detail(
      launchedOf(input.ProvisionedProductId, input.ProvisionedProductName, context),
      context,
    );
    const wanted = input.OutputKeys;
    const all = outputsOf(stack).filter(({ OutputKey }) => !wanted?.length || wanted.includes(OutputKey));
    const { items, ...rest } = page(all, input);
    return { Outputs: items, ...rest };
  },
  async SearchProvisionedProducts(input, context) {
    const details = await Promise.all(
      visible(input.AccessLevelFilter, context).map(async (one) => ({
        one,
        told: await detail(one, context),
      })),
    );
    const words = (input.Filters?.SearchQuery ?? []).map((query) => query.replace(/^\w+:/, "").toLowerCase());
    const all = details.filter(({ told }) =>
      words.every((word) => JSON.stringify(told).toLowerCase().includes(word)),
    );
    const { items, ...rest } = page(all, input);
    return {
      ProvisionedProducts: items.map(({ one, told: { stack: _, ...told } }) => ({
        ...told,
        Tags: tagList(one.tags),
        ProductName: products(context).get(one.product)?.name,
        UserArn: one.user,
        UserArnSession: one.user,
      })),
      TotalResultsCount: all.length,
      ...rest,
    };
  },
  async ScanProvisionedProducts(input, context) {
    const { items, ...rest } = page(visible(input.AccessLevelFilter, context), input);
    const told = await Promise.all(items.map((one) => detail(one, context)));
    return { ProvisionedProducts: told.map(({ stack: _, PhysicalId: __, ...one }) => one), ...rest };
  },
  async TerminateProvisionedProduct(input, context) {
    const one = launchedOf(input.ProvisionedProductId, input.ProvisionedProductName, context);
    const as: CallAs =
      one.launchRole === undefined
        ? { kind: "caller" }
        : { kind: "role", arn: one.launchRole, sessionName: "servicecatalog" };
    if (input.RetainPhysicalResources !== true)
      await context.call("cloudformation", "DeleteStack", { StackName: one.stack }, as);
    const id = newId("rec");
    const record = records(context).put(id, {
      id,
      type: "TERMINATE_PROVISIONED_PRODUCT",
      provisioned: { ...one },
      created: context.now,
    });
    provisioned(context).delete(one.id);
    return { RecordDetail: recordView(record, "IN_PROGRESS", context) };
  },
  ListRecordHistory(input, context) {
    const { items, ...rest } = page(records(context).list(), input);
    return { RecordDetails: items.map((one) => recordView(one, "SUCCEEDED", context)), ...rest };
  },
};

/** What the filter admits: the caller's own, their role's, or the account's. */
function visible(
  filter: { Key?: string | undefined; Value?: string | undefined } | undefined,
  context: ReadContext,
): Readonly<Provisioned>[] {
  const all = provisioned(context).list();
  return filter?.Key === "Account" ? all : all.filter((one) => one.user === context.caller.arn);
}
