/** Reading parameters: one, several, by path, their history and metadata. */
import type { Parameter, ParameterMetadata } from "@aws-sdk/client-ssm";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { unseal } from "../encryption.ts";
import { BAD_PATH, isUnder, oldFilters, parameterPredicate } from "../filters.ts";
import type { Operations } from "../operation.ts";
import { pageOf } from "../pages.ts";
import {
  allParameters,
  checkPath,
  current,
  invalid,
  lookUp,
  notFound,
  type ParameterRecord,
  type ParameterVersion,
  parameterArn,
  resolveName,
  splitName,
} from "../parameters.ts";
import { publicParameters } from "../public-parameters.ts";
import { referredSecret, SECRETS } from "../referred-secrets.ts";

const arnOf = (context: CallContext, name: string) =>
  name.startsWith("/aws/service")
    ? `arn:aws:ssm:${context.region}::parameter${name}`
    : parameterArn(context, name);

async function view(
  context: CallContext,
  name: string,
  version: Readonly<ParameterVersion>,
  decrypt: boolean | undefined,
  selector?: string,
): Promise<Parameter> {
  return {
    Name: name,
    Type: version.type,
    Value: version.type === "SecureString" && decrypt ? await unseal(context, name, version) : version.value,
    Version: version.version,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    LastModifiedDate: new Date(version.modified),
    ARN: arnOf(context, name),
    DataType: version.dataType,
  };
}

interface Chosen {
  /** The name as the caller wrote it. */
  shown: string;
  record: Readonly<ParameterRecord>;
  version: Readonly<ParameterVersion>;
  selector?: string;
}

/** The version that a name with or without a selector means. */
function chosen(context: CallContext, text: string): Chosen {
  const asked = splitName(text).name;
  checkPath(asked);
  const { name, selector } = resolveName(context, text);
  const record = lookUp(context, name) ?? publicParameters(name, context).find((one) => one.name === name);
  if (!record) throw notFound();
  const shown = text.startsWith("arn:") ? record.name : asked;
  if (selector === undefined) return { shown, record, version: current(record) };
  const isVersion = /^\d+$/.test(selector);
  const version = record.versions.find((one) =>
    isVersion ? one.version === Number(selector) : one.labels.includes(selector),
  );
  if (!version) {
    throw new AwsError(
      "ParameterVersionNotFound",
      isVersion
        ? `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`
        : `Systems Manager could not find label ${selector} of ${name}. Verify the label and try again.`,
    );
  }
  return { shown, record, version, selector };
}

/** What a name stands for: a parameter, or a secret of Secrets Manager. */
async function read(context: CallContext, name: string, decrypt: boolean | undefined): Promise<Parameter> {
  if (name.startsWith(SECRETS)) return referredSecret(context, name, decrypt);
  const { shown, record, version, selector } = chosen(context, name);
  const parameter = await view(context, record.name, version, decrypt, selector);
  return { ...parameter, Name: shown };
}

const metadata = (context: CallContext, record: Readonly<ParameterRecord>): ParameterMetadata => {
  const now = current(record);
  return {
    Name: record.name,
    ARN: parameterArn(context, record.name),
    Type: now.type,
    ...(now.keyId && { KeyId: now.keyId }),
    LastModifiedDate: new Date(now.modified),
    LastModifiedUser: now.modifiedBy,
    ...(now.description !== undefined && { Description: now.description }),
    ...(now.allowedPattern !== undefined && { AllowedPattern: now.allowedPattern }),
    Version: now.version,
    Tier: now.tier,
    Policies: policiesView(now),
    DataType: now.dataType,
  };
};

const policiesView = (version: Readonly<ParameterVersion>) =>
  version.policies.map((PolicyText) => ({
    PolicyText,
    PolicyType: (JSON.parse(PolicyText) as { Type: string }).Type,
    PolicyStatus: "Pending",
  }));

export const readOperations: Operations = {
  async GetParameter({ Name, WithDecryption }, context) {
    return { Parameter: await read(context, Name, WithDecryption) };
  },

  async GetParameters({ Names, WithDecryption }, context) {
    if (Names.length > 10) {
      throw invalid(
        `1 validation error detected: Value '[${Names.join(", ")}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10`,
      );
    }
    const Parameters: Parameter[] = [];
    const InvalidParameters: string[] = [];
    for (const name of new Set(Names)) {
      try {
        Parameters.push(await read(context, name, WithDecryption));
      } catch (error) {
        if (error instanceof AwsError && error.code.startsWith("Parameter")) InvalidParameters.push(name);
        else throw error;
      }
    }
    return { Parameters, InvalidParameters };
  },

  async GetParametersByPath(
    { Path, Recursive, ParameterFilters, WithDecryption, MaxResults, NextToken },
    context,
  ) {
    if (!Path.startsWith("/") || /[^a-zA-Z0-9_.\-/]|\/\//.test(Path)) {
      throw invalid(BAD_PATH);
    }
    const holds = parameterPredicate(ParameterFilters ?? [], ["Type", "KeyId", "Label"]);
    const known = Path.startsWith("/aws/service") ? publicParameters(Path, context) : allParameters(context);
    const found = known.filter((one) => isUnder(one.name, Path, Recursive ?? false) && holds(one));
    const { items, next } = pageOf(found, MaxResults ?? 10, NextToken);
    const label = ParameterFilters?.find((one) => one.Key === "Label")?.Values?.[0];
    const Parameters: Parameter[] = [];
    for (const one of items) {
      const version = (label && one.versions.find((v) => v.labels.includes(label))) || current(one);
      Parameters.push(await view(context, one.name, version, WithDecryption));
    }
    return { Parameters, NextToken: next };
  },

  async GetParameterHistory({ Name, WithDecryption, MaxResults, NextToken }, context) {
    const { name } = resolveName(context, Name);
    const record = lookUp(context, name);
    if (!record) throw notFound();
    const { items, next } = pageOf(record.versions, MaxResults ?? 50, NextToken);
    const Parameters = [];
    for (const one of items) {
      Parameters.push({
        Name: name,
        Type: one.type,
        ...(one.keyId && { KeyId: one.keyId }),
        LastModifiedDate: new Date(one.modified),
        LastModifiedUser: one.modifiedBy,
        ...(one.description !== undefined && { Description: one.description }),
        Value: one.type === "SecureString" && WithDecryption ? await unseal(context, name, one) : one.value,
        ...(one.allowedPattern !== undefined && { AllowedPattern: one.allowedPattern }),
        Version: one.version,
        Labels: [...one.labels],
        Tier: one.tier,
        Policies: policiesView(one),
        DataType: one.dataType,
      });
    }
    return { Parameters, NextToken: next };
  },

  DescribeParameters({ Filters, ParameterFilters, MaxResults, NextToken }, context) {
    if (Filters?.length && ParameterFilters?.length) {
      throw invalid("You can use either Filters or ParameterFilters in a single request.");
    }
    const wanted = ParameterFilters?.length ? ParameterFilters : oldFilters(Filters);
    const holds = parameterPredicate(wanted, ["Path", "Name", "Type", "KeyId", "Tier", "DataType", "tag"]);
    const { items, next } = pageOf(allParameters(context).filter(holds), MaxResults ?? 10, NextToken);
    return { Parameters: items.map((one) => metadata(context, one)), NextToken: next };
  },
};
