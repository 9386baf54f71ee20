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

/** The port is taken. */
export class PortInUseError extends CloudError {
  readonly code = "CLOUD0002";
  constructor(port: number, host: string) {
    super(`port ${port} on ${host} is in use`, "stop what listens there, or choose another with `--port N`");
  }
}
