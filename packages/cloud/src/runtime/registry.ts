/** The services by their names: SDK key, IAM action prefix. */

import type { ReadContext } from "../context.ts";
import type { ResourceFacts, Service } from "../service.ts";
import { services } from "../services/index.ts";
import { AwsError } from "../wire/errors.ts";

export class Registry {
  readonly all: readonly Service[];
  readonly #byKey = new Map<string, Service>();
  readonly #byPrefix = new Map<string, Service>();

  constructor(all: readonly Service[]) {
    this.all = all;
    for (const one of all) {
      this.#byKey.set(one.key, one);
      // S3 Control and the runtime clients share a prefix with the service that owns the resources
      if (one.resource || !this.#byPrefix.has(one.actionPrefix)) this.#byPrefix.set(one.actionPrefix, one);
    }
  }

  static async load(): Promise<Registry> {
    return new Registry((await Promise.all(services.map((load) => load()))).map((module) => module.service));
  }

  find(key: string): Service | undefined {
    return this.#byKey.get(key);
  }

  get(key: string): Service {
    const service = this.#byKey.get(key);
    if (!service) {
      throw new AwsError("NotImplemented", `the service \`${key}\` is not part of the Sagekeep local cloud`, {
        status: 501,
      });
    }
    return service;
  }

  /** Facts of the resource with this ARN from the service that owns it. */
  facts(arn: string, context: ReadContext): ResourceFacts | undefined {
    const prefix = arn.split(":", 3)[2];
    return prefix ? this.#byPrefix.get(prefix)?.resource?.(arn, context) : undefined;
  }
}
