/** The errors of this package. */

/** A policy that cannot be compiled: its structure is not a policy's. Semantic oddities never throw. */
export class PolicyShapeError extends Error {
  readonly code = "ENGINE0101";
  readonly policy: string;
  readonly path: string;
  readonly help: string;

  constructor(policy: string, path: string, message: string, help: string) {
    super(`policy \`${policy}\`: ${path}: ${message}`);
    this.name = "PolicyShapeError";
    this.policy = policy;
    this.path = path;
    this.help = help;
  }
}
