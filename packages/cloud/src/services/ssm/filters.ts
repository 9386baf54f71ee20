/**
 * Filters of DescribeParameters and GetParametersByPath.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
 */
import type { ParameterStringFilter, ParametersFilter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../wire/errors.ts";
import { current, invalid, type ParameterRecord } from "./parameters.ts";

const OPTIONS: Record<string, readonly string[]> = {
  Name: ["BeginsWith", "Equals", "Contains"],
  Type: ["BeginsWith", "Equals"],
  KeyId: ["BeginsWith", "Equals"],
  Path: ["Recursive", "OneLevel"],
  Label: ["BeginsWith", "Equals"],
  Tier: ["Equals"],
  DataType: ["Equals"],
};

const VALUES: Record<string, readonly string[]> = {
  Type: ["String", "StringList", "SecureString"],
  Tier: ["Standard", "Advanced", "Intelligent-Tiering"],
};

/** AWS's sentence for a path that is none. */
export const BAD_PATH =
  'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.';

/** Whether `name` is under `path`: directly, or at any depth. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const base = path.endsWith("/") ? path : `${path}/`;
  if (base === "/") return recursive || !name.replace(/^\//, "").includes("/");
  if (!name.startsWith(base)) return false;
  return recursive || !name.slice(base.length).includes("/");
}

/** @throws AwsError for a key, option or value that is not one */
export function parameterPredicate(
  filters: readonly ParameterStringFilter[],
  allowed: readonly string[],
): (record: Readonly<ParameterRecord>) => boolean {
  const seen = new Set<string>();
  for (const { Key = "", Option, Values } of filters) {
    const tag = Key.startsWith("tag:");
    if (tag ? !allowed.includes("tag") : !allowed.includes(Key)) {
      throw new AwsError(
        "InvalidFilterKey",
        `The following filter key is not valid: ${Key}. Valid filter keys include: [${allowed.filter((one) => one !== "tag").join(", ")}].`,
      );
    }
    if (seen.has(Key)) {
      throw new AwsError(
        "InvalidFilterKey",
        `The following filter is duplicated in the request: ${Key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(Key);
    const options = tag ? ["Equals"] : OPTIONS[Key]!;
    if (Option !== undefined && !options.includes(Option)) {
      throw new AwsError(
        "InvalidFilterOption",
        `The following filter option is not valid: ${Option}. Valid options include: [${options.join(", ")}].`,
      );
    }
    if (!tag && !Values?.length) {
      throw new AwsError(
        "InvalidFilterValue",
        `The following filter values are missing : null for filter key ${Key}.`,
      );
    }
    for (const value of Values ?? []) {
      if (Key === "Path" && /^\/(?:aws|ssm)/i.test(value)) {
        throw invalid(
          `Filters for common parameters can't be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.`,
        );
      }
      if (Key === "Path" && !/^\/(?!.*\/\/)[\w.\-/]*$/.test(value)) throw invalid(BAD_PATH);
      const valid = VALUES[Key];
      if (valid && Option !== "BeginsWith" && !valid.includes(value)) {
        throw new AwsError(
          "InvalidFilterOption",
          `The following filter value is not valid: ${value}. Valid values include: [${valid.join(", ")}].`,
        );
      }
    }
  }
  return (record) =>
    filters.every(({ Key = "", Option = "Equals", Values = [] }) => {
      if (Key.startsWith("tag:")) {
        const value = record.tags[Key.slice(4)];
        return value !== undefined && (Values.length === 0 || Values.includes(value));
      }
      if (Key === "Path") return Values.some((path) => isUnder(record.name, path, Option === "Recursive"));
      const now = current(record);
      const own = {
        Name: [record.name],
        Type: [now.type],
        KeyId: now.keyId ? [now.keyId] : [],
        Label: record.versions.flatMap((one) => one.labels),
        Tier: [now.tier],
        DataType: [now.dataType],
      }[Key as "Name"];
      return own.some((text) =>
        Values.some((value) => {
          if (Option === "BeginsWith") {
            const bare = Key === "Name" && !value.startsWith("/") ? text.replace(/^\//, "") : text;
            return bare.startsWith(value);
          }
          if (Option === "Contains") return text.includes(value);
          return text === value || (Key === "Name" && text === `/${value}`);
        }),
      );
    });
}

/** The old filters, whose values match beginnings of names. */
export const oldFilters = (filters: readonly ParametersFilter[] | undefined): ParameterStringFilter[] =>
  (filters ?? []).map(({ Key, Values }) => ({
    Key: Key as string,
    Option: Key === "Name" ? "BeginsWith" : "Equals",
    Values,
  }));
