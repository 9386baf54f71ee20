/** Errors of the local cloud itself (not of the AWS APIs it serves: those are `AwsError`, wire/errors.ts). */

export abstract class CloudError extends Error {
  abstract readonly code: string;
  readonly help: string;
  constructor(message: string, help: string) {
    super(message);
    this.name = new.target.name;
    this.help = help;
  }
}

/** Another process has the state folder open. */
export class StateInUseError extends CloudError {
  readonly code = "CLOUD0001";
  constructor(folder: string) {
    super(
      `the state folder \`${folder}\` is in use by another local cloud`,
      "stop it with `sagekeep cloud stop`, or give this one its own folder with `--state DIR`",
    );
  }
}

/** There is something that must not be replaced unasked. */
export class StateInTheWayError extends CloudError {
  readonly code = "CLOUD0007";
  constructor(path: string, what: "file" | "state") {
    super(
      what === "file"
        ? `the file \`${path}\` is there already`
        : `the folder \`${path}\` holds state already`,
      what === "file"
        ? "choose another name, or replace it with `--force`"
        : "choose another folder with `--state DIR`, or replace what is there with `--force`",
    );
  }
}

/** The file is no whole snapshot that this version can read; nothing was changed. */
export class DamagedSnapshotError extends CloudError {
  readonly code = "CLOUD0008";
  constructor(
    file: string,
    why: string,
    help = "nothing was changed; take another snapshot, or restore an older one",
  ) {
    super(`the snapshot \`${file}\` cannot be restored: ${why}`, help);
  }
}

/** No cloud has ever run on the folder. */
export class NoStateError extends CloudError {
  readonly code = "CLOUD0009";
  constructor(folder: string) {
    super(
      `the folder \`${folder}\` holds no state of a local cloud`,
      "name the right one with `--state DIR`, or start a local cloud there: `sagekeep cloud start`",
    );
  }
}

const unusable = {
  file: [
    "is no folder: a file is in the way",
    "name another with `--state DIR`, or move the file out of the way",
  ],
  forbidden: [
    "cannot be written",
    "give it to the user who starts the local cloud (`chown`, `chmod u+rwx`), or name another with `--state DIR`",
  ],
  full: [
    "cannot be written: the disk is full",
    "make room, or name a folder on another disk with `--state DIR`",
  ],
  damaged: [
    "is damaged: `state.db` or `credentials.json` cannot be read",
    "put a snapshot back (`sagekeep cloud restore FILE --force`), throw the state away (`sagekeep cloud reset`), or name another with `--state DIR`",
  ],
  key: [
    "cannot be read: its `master.key` is missing, or is that of another state",
    "put the file back that belongs to it, put a snapshot back (`sagekeep cloud restore FILE --force`), or throw the state away (`sagekeep cloud reset`)",
  ],
  newer: [
    "was written by a newer version of Sagekeep",
    "use that version, or name another folder with `--state DIR`",
  ],
} as const;

/** The state folder cannot be used as it is. */
export class UnusableStateError extends CloudError {
  readonly code = "CLOUD0012";
  constructor(folder: string, why: keyof typeof unusable) {
    super(`the state folder \`${folder}\` ${unusable[why][0]}`, unusable[why][1]);
  }
}

/** There is no listening at that address, or not for this user. */
export class UnusableAddressError extends CloudError {
  readonly code = "CLOUD0013";
  constructor(port: number, host: string, why: "forbidden" | "unknown") {
    super(
      why === "forbidden"
        ? `this user may not listen on port ${port}`
        : `\`${host}\` is no address of this machine`,
      why === "forbidden"
        ? "choose a port from 1024 on with `--port N`"
        : "leave `--host` out for 127.0.0.1, or give an address that `ip address` lists (0.0.0.0 for all)",
    );
  }
}

/** The port is taken. */
export class PortInUseError extends CloudError {
  readonly code = "CLOUD0002";
  constructor(port: number, host: string) {
    super(`port ${port} on ${host} is in use`, "stop what listens there, or choose another with `--port N`");
  }
}

/** An account or region that no local cloud can be of. */
export class UnusableHomeError extends CloudError {
  readonly code = "CLOUD0011";
  constructor(what: "account" | "region", got: string) {
    super(
      what === "account"
        ? `an account is twelve digits, got \`${got}\``
        : `the local cloud has regions of the partition \`aws\` only, got \`${got}\``,
      what === "account"
        ? "write it in full, with its leading zeros: `000000000000`"
        : "choose one such as `us-east-1`; templates for other partitions are written by `sagekeep synth`",
    );
  }
}

/** @throws UnusableHomeError */
export function demandHome(account: string, region: string): void {
  if (!/^\d{12}$/.test(account)) throw new UnusableHomeError("account", account);
  if (!/^[a-z]{2}-[a-z]+-\d{1,2}$/.test(region) || region.startsWith("cn-"))
    throw new UnusableHomeError("region", region);
}
