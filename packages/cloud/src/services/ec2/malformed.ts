/**
 * Ids of the wrong form. AWS does not treat them alike: most VPC operations answer as for an id that is not there,
 * others have a code and one of three sentences for them (observed answers, recorded by the suites of moto and of the
 * AWS controllers for Kubernetes). https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { AwsError } from "../../wire/errors.ts";

/** The error for an id, or `undefined` when its form is right. */
export type Malformed = (id: string) => AwsError | undefined;

/** Eight or seventeen hexadecimal digits after the prefix. */
export const isId = (prefix: string, id: string): boolean =>
  id.startsWith(`${prefix}-`) && /^(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length + 1));

const unless =
  (prefix: string, code: string, sentence: (id: string) => string): Malformed =>
  (id) =>
    isId(prefix, id) ? undefined : new AwsError(code, sentence(id));

/** `Invalid id: "x" (expecting "sg-...")`: groups, DHCP options, attaching gateways. */
export const expecting = (code: string, prefix: string): Malformed =>
  unless(prefix, code, (id) => `Invalid id: "${id}" (expecting "${prefix}-...")`);

/** `Invalid Id: 'x' (expecting 'vpce-...; …')`: operations of VPC endpoints. */
export const expectingPlain = (code: string, prefix: string): Malformed =>
  unless(
    prefix,
    code,
    (id) =>
      `Invalid Id: '${id}' (expecting '${prefix}-...; the Id may only contain lowercase alphanumeric characters and a single dash')`,
  );

/** `The elastic-ip ID 'x' is malformed`: NAT gateways, deleting groups; without the quotes egress-only gateways. */
export const isMalformed = (code: string, prefix: string, type: string, quote = "'"): Malformed =>
  unless(prefix, code, (id) => `The ${type} ID ${quote}${id}${quote} is malformed`);

/** `The vpc ID 'x' does not exist`, of several `The vpc IDs 'x, y' do not exist`. */
export const absent =
  (what: string) =>
  (...ids: string[]): string =>
    ids.length > 1
      ? `The ${what}s '${ids.join(", ")}' do not exist`
      : `The ${what} '${ids[0] ?? ""}' does not exist`;
