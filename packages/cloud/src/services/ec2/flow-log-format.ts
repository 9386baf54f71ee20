/**
 * The fields of flow log records.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */

export const DEFAULT_FORMAT =
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/** Every field, with the version of flow logs that brought it. */
export const FIELDS: Readonly<Record<string, number>> = {
  version: 2,
  "account-id": 2,
  "interface-id": 2,
  srcaddr: 2,
  dstaddr: 2,
  srcport: 2,
  dstport: 2,
  protocol: 2,
  packets: 2,
  bytes: 2,
  start: 2,
  end: 2,
  action: 2,
  "log-status": 2,
  "vpc-id": 3,
  "subnet-id": 3,
  "instance-id": 3,
  "tcp-flags": 3,
  type: 3,
  "pkt-srcaddr": 3,
  "pkt-dstaddr": 3,
  region: 4,
  "az-id": 4,
  "sublocation-type": 4,
  "sublocation-id": 4,
  "pkt-src-aws-service": 5,
  "pkt-dst-aws-service": 5,
  "flow-direction": 5,
  "traffic-path": 5,
  "ecs-cluster-arn": 7,
  "ecs-cluster-name": 7,
  "ecs-container-instance-arn": 7,
  "ecs-container-instance-id": 7,
  "ecs-container-id": 7,
  "ecs-second-container-id": 7,
  "ecs-service-name": 7,
  "ecs-task-definition-arn": 7,
  "ecs-task-arn": 7,
  "ecs-task-id": 7,
  "reject-reason": 8,
  "resource-id": 9,
  "encryption-status": 10,
};

/** Fields of Parquet files that are numbers. */
const NUMBERS: Readonly<Record<string, "int32" | "int64">> = {
  version: "int32",
  srcport: "int32",
  dstport: "int32",
  protocol: "int32",
  packets: "int64",
  bytes: "int64",
  start: "int64",
  end: "int64",
  "tcp-flags": "int32",
  "traffic-path": "int32",
};

/** The columns of a Parquet file in this format: the fields' names with `_` for `-`. */
export const formatColumns = (format: string): { name: string; type: "int32" | "int64" | "string" }[] =>
  (formatFields(format) ?? []).map((name) => ({
    name: name.replaceAll("-", "_"),
    type: NUMBERS[name] ?? "string",
  }));

/** Names of the fields in a format, or `undefined` when it is none. */
export function formatFields(format: string): string[] | undefined {
  if (!/^\$\{[a-z-]+\}(\s+\$\{[a-z-]+\})*$/.test(format.trim())) return undefined;
  const names = [...format.matchAll(/\$\{([a-z-]+)\}/g)].map((match) => match[1]!);
  return names.every((name) => Object.hasOwn(FIELDS, name)) ? names : undefined;
}

type Values = Readonly<Record<string, string | number | undefined>>;

/** What the fields of a format hold, in their order. */
export function formatValues(format: string, values: Values): (string | number | undefined)[] {
  const names = formatFields(format) ?? [];
  const version = Math.max(2, ...names.map((name) => FIELDS[name] ?? 2));
  return names.map((name) => (name === "version" ? version : values[name]));
}

/** A record in this format; a field without a value is `-`. */
export const formatRecord = (format: string, values: Values): string =>
  formatValues(format, values)
    .map((value) => value ?? "-")
    .join(" ");
