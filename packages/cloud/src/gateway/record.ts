/** Writes each call, denied ones too, to the trail. */
import type { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Service } from "../service.ts";

// Provisional: connected to the trail as soon as it lands.
export class Recorder {
  readonly runtime: Runtime;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  succeeded(_context: RequestContext, _service: Service, _input: object, _output: unknown): void {}
  failed(_context: RequestContext, _service: Service, _input: object, _error: unknown): void {}
}
