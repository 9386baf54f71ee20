/** platform.yaml, read into a located and typed platform. */

export {
  CAPABILITIES,
  type Capability,
  PERSONAS,
  WORKLOADS,
  WORKLOADS_OF,
  type Workload,
} from "./capabilities.ts";
export { addressesNeeded, type Habits } from "./checks/network.ts";
export { type Cidr, contains, formatCidr, overlaps, parseCidr, usable } from "./cidr.ts";
export { PlatformError } from "./errors.ts";
export { platformJsonSchema } from "./json-schema.ts";
export { STUDIO_ENDPOINTS } from "./network-plan.ts";
export { hasPath, isShutOut } from "./paths.ts";
export {
  type DataSet,
  type Domain,
  type Exception,
  type Network,
  type Persona,
  type Platform,
  personaOf,
  readersOf,
  type Team,
  type User,
  writersOf,
  type Zone,
} from "./platform.ts";
export { formatProblem, formatProblems, type Place, type Problem } from "./problem.ts";
export { parsePlatform, type ReadOptions, type ReadResult, readPlatform } from "./read-platform.ts";
export * from "./resource-names.ts";
export {
  ENDPOINTS,
  type EndpointName,
  type PlatformDocument,
  type PlatformInput,
  type StatementInput,
} from "./schema.ts";
export type { Path, Source } from "./source.ts";
