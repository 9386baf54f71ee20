/**
 * One request's life, on one screen:
 * identify → receive → authenticate → parse → authorize → handle → record → respond.
 */
import { randomUUID } from "node:crypto";
import type { Caller } from "../identity/caller.ts";
import type { CredentialLookup } from "../identity/directory.ts";
import { NoPathError } from "../network/no-path.ts";
import type { NetworkPath } from "../network/path.ts";
import { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import {
  authenticate,
  identify,
  notSupported,
  type Payload,
  type ReadRequest,
  type RequestHead,
  readUnchecked,
  receive,
  type Target,
  validateInput,
  type WireResponse,
  writeError,
  writeOutput,
} from "../wire/codec.ts";
import { AuthError, type AuthProblem } from "../wire/errors.ts";
import { headerOf } from "../wire/request.ts";
import { answerBrowser, isForBrowsers } from "./browser.ts";

export interface ExchangeOptions {
  /** Account and region of requests that name none. */
  account: string;
  region: string;
  /** Keys that exist without an identity service: the root user's. */
  rootKeys: ReadonlyMap<string, { secret: string; account: string }>;
  onError: (error: unknown) => void;
}

/** Asked for the path once the target is known: where a request enters may decide how it goes on. */
export type PathOf = (target: Target) => NetworkPath | Promise<NetworkPath>;

/** An answer that is ready, and what is needed to answer otherwise should its writes be lost. */
export interface Answer {
  readonly target: Target;
  readonly requestId: string;
  readonly response: WireResponse;
}

export class Exchange {
  readonly #runtime: Runtime;
  readonly #options: ExchangeOptions;

  /** Root users by their keys. */
  readonly #roots = new Map<string, Extract<CredentialLookup, { status: "active" }>>();

  constructor(runtime: Runtime, options: ExchangeOptions) {
    this.#runtime = runtime;
    this.#options = options;
    for (const [accessKeyId, { secret, account }] of options.rootKeys) {
      const root = runtime.directory.root(account, runtime.within(account, options.region));
      const caller = Object.assign({}, root, { credential: { accessKeyId, temporary: false } });
      this.#roots.set(accessKeyId, { status: "active", secret, caller });
    }
  }

  /**
   * Whatever goes wrong is answered in the caller's protocol.
   * @returns the answer, which must not leave before its writes are committed: see `deliver`
   * @throws NoPathError for what gets no answer at all
   */
  async answer(head: RequestHead, source: AsyncIterable<Uint8Array>, pathOf: PathOf): Promise<Answer> {
    const requestId = randomUUID();
    const identified = identify(head);
    const target = identified instanceof Promise ? await identified : identified;
    return { target, requestId, response: await this.#respond(target, head, source, pathOf, requestId) };
  }

  /** Hands an answer to `send` at the end of the turn: nothing is acknowledged, or told, that a kill could take back. */
  deliver({ target, requestId, response }: Answer, send: (response: WireResponse) => void): void {
    this.#runtime.store.atEndOfTurn(
      () => send(response),
      (error) => {
        this.#options.onError(error);
        send(writeError(target, error, requestId));
      },
    );
  }

  async #respond(
    target: Target,
    head: RequestHead,
    source: AsyncIterable<Uint8Array>,
    pathOf: PathOf,
    requestId: string,
  ): Promise<WireResponse> {
    let context: RequestContext | undefined;
    try {
      // nothing is awaited that is there already: most requests wait for their body alone
      const found = pathOf(target);
      const path = found instanceof Promise ? await found : found;
      if (isForBrowsers(target)) {
        const browser = await this.#answerBrowser(target, head, source, path, requestId);
        if (browser) return browser;
      }
      const loading = this.#runtime.registry.ready(target.service);
      if (loading) await loading;
      const received = receive(target, head, source);
      const payload = received instanceof Promise ? await received : received;
      const { caller, verified } = this.#authenticate(target, head, payload);
      const { operation, input } = readUnchecked(target, head, payload, verified);
      if (!verified && !mayBeAnonymous(target, operation.name))
        throw new AuthError("missing-authentication", "Request is missing Authentication Token");
      if (!this.#runtime.supports(target.service, operation.name)) throw notSupported(target, operation.name);
      context = this.#context(target, head, caller, path, operation.name, requestId);
      this.#validate(target, operation, input, context);
      const result = this.#runtime.run(context, input);
      const output = result instanceof Promise ? await result : result;
      const { status, headers, body } = writeOutput(target, operation, output, requestId);
      return {
        status: context.responseStatus ?? status,
        headers: Object.assign(headers, context.responseHeaders),
        body,
      };
    } catch (error) {
      if (error instanceof NoPathError) throw error;
      const response = writeError(target, error, requestId);
      if (response.status >= 500 && response.status !== 501) this.#options.onError(error);
      Object.assign(response.headers, context?.responseHeaders);
      return response;
    }
  }

  /** What breaks the model's rules is refused before anybody asks who may; the trail knows of it all the same. */
  #validate(
    target: Target,
    operation: ReadRequest["operation"],
    input: ReadRequest["input"],
    context: RequestContext,
  ): void {
    try {
      validateInput(target, operation, input);
    } catch (error) {
      const service = this.#runtime.registry.find(target.service);
      if (service) this.#runtime.recorder.refused(context, service, error);
      throw error;
    }
  }

  #answerBrowser(
    target: Target,
    head: RequestHead,
    source: AsyncIterable<Uint8Array>,
    path: NetworkPath,
    requestId: string,
  ): Promise<WireResponse | undefined> {
    return answerBrowser({
      runtime: this.#runtime,
      target,
      head,
      source,
      requestId,
      secretOf: ({ accessKeyId, sessionToken }) => this.#active(accessKeyId, sessionToken).secret,
      contextFor: (claim, operation) => {
        const caller = claim
          ? this.#active(claim.accessKeyId, claim.sessionToken).caller
          : anonymous(this.#options.account);
        return this.#context(target, head, caller, path, operation, requestId);
      },
    });
  }

  #authenticate(target: Target, head: RequestHead, payload: Payload) {
    const { clock } = this.#runtime;
    let caller: Caller | undefined;
    const lookupSecret = (accessKeyId: string, sessionToken: string | undefined): string => {
      const found = this.#active(accessKeyId, sessionToken);
      caller = found.caller;
      return found.secret;
    };
    const verified = authenticate(target, head, payload, {
      lookupSecret,
      now: clock.now(),
      clientNow: clock.machine(),
    });
    if (!caller && !mayBeAnonymous(target, target.operation?.name))
      throw new AuthError("missing-authentication", "Request is missing Authentication Token");
    return { caller: caller ?? anonymous(this.#options.account), verified };
  }

  /** @throws AuthError unless the key is there and active */
  #active(accessKeyId: string, sessionToken: string | undefined) {
    const found = this.#lookup(accessKeyId, sessionToken);
    if (found.status === "active") return found;
    throw new AuthError(problems[found.status], "The security token included in the request is invalid.", {
      accessKeyId,
      ...(sessionToken !== undefined && { token: sessionToken }),
    });
  }

  #lookup(accessKeyId: string, sessionToken: string | undefined) {
    const { account, region } = this.#options;
    const root = this.#roots.get(accessKeyId);
    // long-term keys come without a token
    if (root && sessionToken !== undefined) return { status: "token-mismatch" } as const;
    return (
      root ??
      this.#runtime.directory.credential(accessKeyId, sessionToken, this.#runtime.within(account, region))
    );
  }

  #context(
    target: Target,
    head: RequestHead,
    caller: Caller,
    path: NetworkPath,
    operation: string,
    requestId: string,
  ): RequestContext {
    return new RequestContext(this.#runtime, {
      account: caller.account,
      region: target.region || this.#options.region,
      caller,
      path,
      service: target.service,
      operation,
      requestId,
      http: {
        method: head.method,
        path: target.path,
        query: target.rawQuery,
        headers: head.headers as Record<string, string>,
        host: headerOf(head, "host") ?? "",
        secure: path.secure,
      },
    });
  }
}

const problems: Record<"inactive" | "expired" | "unknown" | "token-mismatch", AuthProblem> = {
  inactive: "unknown-access-key",
  expired: "expired-token",
  unknown: "unknown-access-key",
  "token-mismatch": "invalid-token",
};

/** S3 has public buckets; two operations of STS take a token instead of a signature. */
function mayBeAnonymous(target: Target, operation: string | undefined): boolean {
  if (target.service === "sts") return operation === undefined || tokenOperations.has(operation);
  return target.service === "s3";
}

const tokenOperations = new Set(["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]);

function anonymous(account: string): Caller {
  return { principal: { kind: "anonymous" }, account, arn: "anonymous", userId: "anonymous" };
}
