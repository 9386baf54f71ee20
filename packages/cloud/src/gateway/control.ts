/**
 * `/_sagekeep/…`: what the toolkit needs of a running cloud and AWS has no operation for.
 * All but `health` and `reset` need the token of the state folder: only its owner can read that.
 */
import { timingSafeEqual } from "node:crypto";
import { isAbsolute } from "node:path";
import { CloudError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { registerIssuerKeys } from "../services/sts/issuer-keys.ts";
import { snapshotRunning } from "../state/snapshot.ts";

export interface ControlRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | undefined;
  body: () => Promise<string>;
}

export interface ControlAnswer {
  status: number;
  body: unknown;
}

export type ControlRoute = (
  request: ControlRequest,
  runtime: Runtime,
) => Promise<ControlAnswer> | ControlAnswer;

export interface ControlOptions {
  token: string;
  /** Lets `POST /_sagekeep/reset` empty the state. */
  allowReset: boolean;
  /** Facts that `health` answers. */
  about: Record<string, unknown>;
  /** Called when the state was emptied: what must exist from the first request on is made again. */
  onReset: () => void | Promise<void>;
}

export class Control {
  readonly #options: ControlOptions;
  readonly #routes = new Map<string, ControlRoute>();

  constructor(options: ControlOptions) {
    this.#options = options;
    this.route("GET /_sagekeep/denied", ({ query }, runtime) => {
      const found = runtime.authorizer.denied(query.get("requestId") ?? "");
      return found
        ? { status: 200, body: found }
        : { status: 404, body: { error: "no denial with this request id is remembered" } };
    });
    this.route("POST /_sagekeep/clock", async ({ body }, runtime) => {
      const { advanceSeconds } = JSON.parse(await body()) as { advanceSeconds?: unknown };
      if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0) || advanceSeconds > 400 * 86_400) {
        return { status: 400, body: { error: "`advanceSeconds` must be a number from 0 to 34560000" } };
      }
      await runtime.clock.advance(advanceSeconds * 1000);
      return { status: 200, body: { now: new Date(runtime.clock.now()).toISOString() } };
    });
    // the state in one file, written by this process: only it has the database open
    this.route("POST /_sagekeep/snapshot", async ({ body }, { store, clock }) => {
      const { file, force } = JSON.parse(await body()) as { file?: unknown; force?: unknown };
      if (typeof file !== "string" || !isAbsolute(file))
        return { status: 400, body: { error: "`file` must be an absolute path" } };
      try {
        return { status: 200, body: await snapshotRunning(store, clock, file, { force: force === true }) };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        return { status: 409, body: { error: error.message, code: error.code, help: error.help } };
      }
    });
    // keys of an OpenID Connect issuer, which the local cloud does not fetch from the internet
    this.route("POST /_sagekeep/oidc-keys", async ({ body }, runtime) => {
      const { issuer, keys } = JSON.parse(await body()) as { issuer?: unknown; keys?: unknown };
      if (typeof issuer !== "string" || !Array.isArray(keys)) {
        return {
          status: 400,
          body: { error: "`issuer` must be a URL and `keys` the list of a JWKS document" },
        };
      }
      registerIssuerKeys(runtime.within("", ""), issuer, { keys });
      return { status: 200, body: { issuer, keys: keys.length } };
    });
  }

  /** Adds a route, `METHOD /path`; it needs the token. */
  route(name: string, handle: ControlRoute): void {
    this.#routes.set(name, handle);
  }

  async answer(request: ControlRequest, runtime: Runtime): Promise<ControlAnswer> {
    const name = `${request.method} ${request.path}`;
    if (name === "GET /_sagekeep/health")
      return { status: 200, body: { status: "ok", ...this.#options.about } };
    if (name === "POST /_sagekeep/reset") {
      if (!this.#options.allowReset)
        return { status: 403, body: { error: "start the local cloud with --allow-reset to allow this" } };
      runtime.store.reset();
      await this.#options.onReset();
      return { status: 200, body: { reset: true } };
    }
    const route = this.#routes.get(name);
    if (!route) return { status: 404, body: { error: `no \`${name}\`` } };
    if (!this.#isOwner(request.token))
      return {
        status: 403,
        body: { error: "the token of the state folder is needed (header `x-sagekeep-token`)" },
      };
    try {
      return await route(request, runtime);
    } catch (error) {
      return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
    }
  }

  #isOwner(token: string | undefined): boolean {
    if (token === undefined) return false;
    const [given, own] = [Buffer.from(token), Buffer.from(this.#options.token)];
    return given.length === own.length && timingSafeEqual(given, own);
  }
}
