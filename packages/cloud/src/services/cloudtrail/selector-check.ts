/**
 * Which event selectors CloudTrail takes. See "AdvancedFieldSelector" and "PutEventSelectors" in the CloudTrail API
 * Reference: which fields go with which category of events, and which operators with which field.
 */
import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../../wire/errors.ts";

const fail = (message: string) => new AwsError("InvalidEventSelectorsException", message);

/** Management events that are many: the only sources that can be left out. */
const EXCLUDABLE = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];
const MOST_RESOURCES = 250;
const MOST_CONDITIONS = 500;

const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  Management: new Set([
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
  ]),
  Data: new Set([
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "resources.ARN",
    "resources.type",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
  ]),
  NetworkActivity: new Set([
    "errorCode",
    "eventCategory",
    "eventName",
    "eventSource",
    "userIdentity.arn",
    "vpcEndpointId",
  ]),
};
/** Fields that are only ever equal to something. */
const EXACT = new Set(["eventCategory", "readOnly", "resources.type"]);
const OPERATORS = ["Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"] as const;

/** @throws InvalidEventSelectors */
export function checkSelectors(
  basic: readonly EventSelector[] | undefined,
  advanced: readonly AdvancedEventSelector[] | undefined,
): void {
  if (basic && advanced) throw fail("Specify either EventSelectors or AdvancedEventSelectors, not both.");
  if (!basic?.length && !advanced?.length) throw fail("Specify event selectors or advanced event selectors.");
  if (basic && basic.length > 5) throw fail("The number of event selectors must not exceed 5.");
  let resources = 0;
  for (const one of basic ?? []) {
    for (const source of one.ExcludeManagementEventSources ?? []) {
      if (!EXCLUDABLE.includes(source)) {
        throw fail(
          `Value ${source} for ExcludeManagementEventSources is invalid. Valid values: ${EXCLUDABLE.join(", ")}.`,
        );
      }
    }
    for (const resource of one.DataResources ?? []) {
      if (!/^AWS::(S3::Object|Lambda::Function|DynamoDB::Table)$/.test(resource.Type ?? "")) {
        throw fail(`Invalid data resource type: ${resource.Type}`);
      }
      for (const value of resource.Values ?? []) {
        if (!/^arn:aws[a-z-]*:(s3|lambda|dynamodb)/.test(value))
          throw fail(`Value ${value} for DataResources.Values is invalid.`);
      }
      resources += resource.Values?.length ?? 0;
    }
  }
  if (resources > MOST_RESOURCES)
    throw fail(`The number of data resources must not exceed ${MOST_RESOURCES} across all event selectors.`);
  let conditions = 0;
  for (const one of advanced ?? []) conditions += checkAdvanced(one);
  if (conditions > MOST_CONDITIONS)
    throw fail(
      `The number of values must not exceed ${MOST_CONDITIONS} across all advanced event selectors.`,
    );
}

/** @returns how many values it has */
function checkAdvanced(selector: AdvancedEventSelector): number {
  const fields = selector.FieldSelectors ?? [];
  const names = fields.map((field) => field.Field ?? "");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice)
    throw fail(`The field ${twice} must not be specified more than once in an advanced event selector.`);
  const category = fields.find((field) => field.Field === "eventCategory")?.Equals;
  if (!category?.length) throw fail("AdvancedEventSelectors must have the field eventCategory.");
  const [name = ""] = category;
  const known = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (category.length > 1 || !known) {
    throw fail(
      `Value ${category.join(", ")} for the field eventCategory is invalid. Valid values: ${Object.keys(FIELDS).join(", ")}.`,
    );
  }
  if (name === "Data" && !names.includes("resources.type"))
    throw fail("Data event selectors must have the field resources.type.");
  if (name === "NetworkActivity" && !names.includes("eventSource"))
    throw fail("Network activity event selectors must have the field eventSource.");
  let values = 0;
  for (const field of fields) {
    if (!known.has(field.Field ?? ""))
      throw fail(`The field ${field.Field} is not supported for events of the category ${name}.`);
    values += checkField(field);
  }
  return values;
}

function checkField(field: AdvancedFieldSelector): number {
  const used = OPERATORS.filter((operator) => field[operator]?.length);
  if (used.length === 0)
    throw fail(`The field ${field.Field} must have an operator with at least one value.`);
  if (EXACT.has(field.Field ?? "") && (used.length > 1 || used[0] !== "Equals"))
    throw fail(`The field ${field.Field} supports only the operator Equals.`);
  if (field.Field === "readOnly" && !field.Equals?.every((value) => /^(true|false)$/.test(value)))
    throw fail("Values of the field readOnly must be true or false.");
  if (field.Field === "resources.type" && field.Equals?.length !== 1)
    throw fail("The field resources.type must have exactly one value.");
  return used.reduce((sum, operator) => sum + (field[operator]?.length ?? 0), 0);
}
