/** @packageDocumentation The local cloud: AWS APIs in one process, with every IAM layer enforced. */
export { type CallOptions, type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
export {
  CloudError,
  DamagedSnapshotError,
  NoStateError,
  PortInUseError,
  StateInTheWayError,
  StateInUseError,
  UnusableHomeError,
} from "./errors.ts";
export type { ExistingIdentityCenter } from "./services/sso-admin/existing.ts";
export { stateFiles } from "./state/files.ts";
export { type Restored, type RestoreOptions, restoreState } from "./state/restore.ts";
export { type Snapshot, type SnapshotOptions, snapshotState } from "./state/snapshot.ts";
export { AwsError } from "./wire/errors.ts";
