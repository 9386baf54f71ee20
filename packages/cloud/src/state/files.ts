/** What a state folder holds. Anything else in it is its owner's: it is not thrown away, replaced or packed. */

/** Small files that belong to the state itself: lost, objects could not be opened or clients would not know the cloud. */
export const secretFiles = [
  "master.key",
  "credentials.json",
  "ca.key",
  "ca.pem",
  "ca-bundle.pem",
  "lab-admin.json",
] as const;

/** Every name the local cloud uses in its state folder. */
export const stateFiles: readonly string[] = [
  ...secretFiles,
  "state.db",
  "state.db-wal",
  "state.db-shm",
  "lock.db",
  "lock.db-journal",
  "objects",
  "control.token",
  "cloud.json",
  "cloud.log",
];

/** How the folder begins in which a snapshot is gathered. */
export const SNAPSHOT_WORK = ".snapshot-";
