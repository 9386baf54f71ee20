/** The services by their names: SDK key, IAM action prefix. Some are there from the start, others once somebody calls them. */

import type { ReadContext } from "../context.ts";
import type { LateService, ResourceFacts, Service } from "../service.ts";
import { AwsError } from "../wire/errors.ts";

export class Registry {
  readonly #byKey = new Map<string, Service>();
  readonly #byPrefix = new Map<string, Service>();
  readonly #late = new Map<string, LateService>();
  readonly #loading = new Map<string, Promise<void>>();
  #welcome: (service: Service) => void = () => {};

  constructor(present: readonly Service[], late: readonly LateService[] = []) {
    for (const one of present) this.#add(one);
    for (const one of late) this.#late.set(one.key, one);
  }

  /** The services that are there now. */
  get all(): readonly Service[] {
    return [...this.#byKey.values()];
  }

  /** Calls `welcome` with each service that is there, now or later. */
  each(welcome: (service: Service) => void): void {
    this.#welcome = welcome;
    this.all.forEach(welcome);
  }

  /** Resolves when the service, if there is one, can be called; `undefined` when nothing has to be waited for. */
  ready(key: string): Promise<void> | undefined {
    const late = this.#late.get(key);
    if (!late) return undefined;
    let loading = this.#loading.get(key);
    if (!loading) this.#loading.set(key, (loading = this.#load(late)));
    return loading;
  }

  /** Loads the late services that are wanted. */
  async load(wanted: (late: LateService) => boolean): Promise<void> {
    await Promise.all([...this.#late.values()].filter(wanted).map((late) => this.ready(late.key)));
  }

  async #load(late: LateService): Promise<void> {
    const [{ service }] = await Promise.all([
      late.load(),
      ...(late.needs ?? []).map((key) => this.ready(key)),
    ]);
    this.#late.delete(late.key);
    this.#add(service);
    this.#welcome(service);
  }

  #add(one: Service): void {
    this.#byKey.set(one.key, one);
    // S3 Control and the runtime clients share a prefix with the service that owns the resources
    if (one.resource || !this.#byPrefix.has(one.actionPrefix)) this.#byPrefix.set(one.actionPrefix, one);
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

  /** Facts of the resource with this ARN from the service that owns it. One that is not there yet has none. */
  facts(arn: string, context: ReadContext): ResourceFacts | undefined {
    const prefix = arn.split(":", 3)[2];
    return prefix ? this.#byPrefix.get(prefix)?.resource?.(arn, context) : undefined;
  }
}
