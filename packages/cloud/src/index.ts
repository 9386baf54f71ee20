/** @packageDocumentation The local cloud: AWS APIs in one process, with every IAM layer enforced. */
export { type CallOptions, type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
export { CloudError, PortInUseError, StateInUseError } from "./errors.ts";
export { AwsError } from "./wire/errors.ts";
