/**
 * The user's side: searching what one may launch, launching it as a CloudFormation stack, and taking it down. A user
 * sees the products of portfolios that their role, user or group is associated with. The stack is made with the role
 * of a launch constraint, or else with the user's own permissions.
 */
import type { CallAs, CallContext, ReadContext } from "../../context.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import {
  constraints,
  invalid,
  type LaunchRecord,
  newId,
  notFound,
  type Portfolio,
  type Product,
  type Provisioned,
  page,
  portfolios,
  products,
  provisioned,
  records,
  tagList,
  tagsOf,
} from "./state.ts";
import { productSummary } from "./views.ts";

type Client = typeof import("@aws-sdk/client-service-catalog");

/** ARNs by which a caller may be associated with a portfolio. */
function identities(context: ReadContext): string[] {
  const { principal, arn } = context.caller;
  return principal.kind === "session" ? [principal.roleArn, arn] : [arn];
}

function admits(pattern: string, arn: string): boolean {
  const plain = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  // a pattern of IAM has no account
  return new RegExp(`^${plain}$`).test(arn) || new RegExp(`^${plain}$`).test(arn.replace(/::\d{12}:/, ":::"));
}

function mine(context: ReadContext): Readonly<Portfolio>[] {
  const own = identities(context);
  return portfolios(context)
    .list()
    .filter(({ principals }) =>
      principals.some((one) =>
        own.some((arn) => one.arn === arn || (one.type === "IAM_PATTERN" && admits(one.arn, arn))),
      ),
    );
}

/** Portfolios through which the caller may launch a product. Their ids are the launch paths. */
const pathsOf = (product: string, context: ReadContext) =>
  mine(context).filter((one) => one.products.includes(product));

/** A product that the caller may launch. @throws ResourceNotFoundException also when it exists for others only */
function launchable(
  id: string | undefined,
  name: string | undefined,
  context: ReadContext,
): Readonly<Product> {
  const found = mine(context)
    .flatMap((portfolio) => portfolio.products)
    .map((one) => products(context).get(one))
    .find(
      (one) =>
        one !== undefined && (id === undefined ? one.name === name : one.id === id || one.viewId === id),
    );
  if (!found) throw notFound(`Product ${id ?? name} not found.`);
  return found;
}

function recordView(one: Readonly<LaunchRecord>, status: string, context: ReadContext) {
  const { provisioned: pp } = one;
  return {
    RecordId: one.id,
    ProvisionedProductName: pp.name,
    Status: status as "SUCCEEDED",
    CreatedTime: new Date(one.created),
    UpdatedTime: new Date(context.now),
    ProvisionedProductType: "CFN_STACK",
    RecordType: one.type,
    ProvisionedProductId: pp.id,
    ProductId: pp.product,
    ProvisioningArtifactId: pp.artifact,
    PathId: pp.path,
    RecordErrors: one.error === undefined ? [] : [{ Code: "CloudFormation", Description: one.error }],
    RecordTags: tagList(pp.tags),
    ...(pp.launchRole !== undefined && { LaunchRoleArn: pp.launchRole }),
  };
}

interface Stack {
  StackId: string;
  StackStatus: string;
  StackStatusReason?: string;
  Outputs?: { OutputKey: string; OutputValue: string; Description?: string }[];
}

/** Outputs of the stack, and the one that Service Catalog adds. */
function outputsOf(stack: Stack | undefined): NonNullable<Stack["Outputs"]> {
  if (!stack) return [];
  const own = {
    OutputKey: "CloudformationStackARN",
    OutputValue: stack.StackId,
    Description: "The ARN of the launched Cloudformation Stack",
  };
  return [own, ...(stack.Outputs ?? [])];
}

/** The stack behind what was launched; `undefined` when it is gone. */
async function stackOf(one: Readonly<Provisioned>, context: CallContext): Promise<Stack | undefined> {
  try {
    const { Stacks } = await context.call("cloudformation", "DescribeStacks", { StackName: one.stack });
    const [stack] = Stacks as Stack[];
    return stack?.StackStatus === "DELETE_COMPLETE" ? undefined : stack;
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

function statusOf(stack: Stack | undefined): "AVAILABLE" | "UNDER_CHANGE" | "TAINTED" | "ERROR" {
  const status = stack?.StackStatus ?? "";
  if (status.endsWith("_IN_PROGRESS")) return "UNDER_CHANGE";
  if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") return "AVAILABLE";
  return status === "UPDATE_ROLLBACK_COMPLETE" ? "TAINTED" : "ERROR";
}

async function detail(one: Readonly<Provisioned>, context: CallContext) {
  const stack = await stackOf(one, context);
  return {
    Name: one.name,
    Arn: one.arn,
    Type: "CFN_STACK",
    Id: one.id,
    Status: statusOf(stack),
    ...(stack?.StackStatusReason !== undefined && { StatusMessage: stack.StackStatusReason }),
    CreatedTime: new Date(one.created),
    IdempotencyToken: one.token,
    LastRecordId: one.lastRecord,
    LastProvisioningRecordId: one.lastRecord,
    ProductId: one.product,
    ProvisioningArtifactId: one.artifact,
    ...(one.launchRole !== undefined && { LaunchRoleArn: one.launchRole }),
    PhysicalId: stack?.StackId,
    stack,
  };
}

function launchedOf(
  id: string | undefined,
  name: string | undefined,
  context: ReadContext,
): Readonly<Provisioned> {
  const found = provisioned(context)
    .list()
    .find((one) => (id === undefined ? one.name === name : one.id === id));
  if (!found) throw notFound(`Provisioned product ${id ?? name} not found.`);
  return found;
}

/** Role of a launch constraint, as an ARN. */
function launchRole(portfolio: string, product: string, context: ReadContext): string | undefined {
  const one = constraints(context)
    .list()
    .find(
      (constraint) =>
        constraint.portfolio === portfolio && constraint.product === product && constraint.type === "LAUNCH",
    );
  if (!one) return undefined;
  const { RoleArn, LocalRoleName } = JSON.parse(one.parameters) as {
    RoleArn?: string;
    LocalRoleName?: string;
  };
  return (
    RoleArn ??
    (LocalRoleName === undefined ? undefined : `arn:aws:iam::${context.account}:role/${LocalRoleName}`)
  );
}

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

function artifactOf(product: Readonly<Product>, id: string | undefined, name: string | undefined) {
  const active = product.artifacts.filter((one) => one.active);
  const found =
    id === undefined && name === undefined
      ? active.length === 1
        ? active[0]
        : undefined
      : active.find((one) => one.id === id || one.name === name);
  if (!found) throw notFound(`Provisioning artifact ${id ?? name ?? ""} of product ${product.id} not found.`);
  return found;
}
