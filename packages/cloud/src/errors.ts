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
