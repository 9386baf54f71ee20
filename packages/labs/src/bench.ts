/** The learner's workbench: a target with a platform on it, sign-ins and positions made once and kept. */
import {
  attempt,
  Clients,
  denialReasons,
  domainIdOf,
  enterVpc,
  exportsOf,
  findProfileDomain,
  type Io,
  likeOf,
  type Place,
  type PlatformFile,
  type StudioSession,
  signIn,
  type Target,
} from "@sagekeep/toolkit";
import { NotOnAws } from "./errors.ts";
import type { Actor, AttemptResult, Call, From } from "./model.ts";

/** Milliseconds until any request is given up; one without a path is closed by the local cloud after a second. */
const CONNECT_TIMEOUT = 30_000;

/** Seconds after which the local cloud closes a connection that has no path. */
const NO_PATH = 1;

export interface BenchOptions {
  /** Credentials of the administrator (an IAM user: the root user cannot assume roles). */
  admin: Target;
  file: PlatformFile;
  /** State folder of the local cloud. */
  state: string;
  io: Io;
  /** Keeps what steps need for their undo. @default in memory only */
  kept?: Map<string, string>;
}

export class Bench {
  readonly admin: Clients;
  readonly file: PlatformFile;
  readonly io: Io;
  readonly #options: BenchOptions;
  readonly #clients = new Map<string, Promise<Clients>>();
  readonly #sessions = new Map<string, Promise<StudioSession>>();
  #exports: Promise<Record<string, string>> | undefined;
  #position: Promise<Place> | undefined;
  /** What steps keep for their undo. */
  readonly kept: Map<string, string>;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.admin = new Clients(options.admin);
    this.file = options.file;
    this.io = options.io;
    this.kept = options.kept ?? new Map();
  }

  get account(): string {
    return this.file.platform.account;
  }

  get region(): string {
    return this.file.platform.region;
  }

  get platform(): string {
    return this.file.platform.name;
  }

  get isLocal(): boolean {
    return this.#options.admin.kind === "local";
  }

  get endpoint(): string {
    return this.#options.admin.endpoint ?? "";
  }

  get state(): string {
    return this.#options.state;
  }

  /** A value that the platform's stacks export, by the end of its name. @throws when there is none */
  async exported(name: string): Promise<string> {
    this.#exports ??= exportsOf(this.admin);
    const all = await this.#exports;
    const value = all[name] ?? Object.entries(all).find(([key]) => key.endsWith(`:${name}`))?.[1];
    if (value === undefined)
      throw new Error(
        `the platform's stacks export no \`${name}\`: they have ${Object.keys(all).slice(0, 40).join(", ")}`,
      );
    return value;
  }

  domainId(name = this.file.platform.domains[0]?.name ?? ""): Promise<string> {
    return domainIdOf(this.admin, name);
  }

  /** A Studio session of a user, opened once. */
  async session(user: string): Promise<StudioSession> {
    if (!this.isLocal)
      throw new NotOnAws(
        `signing in to Studio as ${user}`,
        "run the command in a Studio terminal of that user",
      );
    let one = this.#sessions.get(user);
    if (!one) {
      const domain = this.file.platform.users.find((candidate) => candidate.name === user)?.domain;
      // a profile that a step made is not in the platform's file: look for it
      const id = domain === undefined ? findProfileDomain(this.admin, user) : this.domainId(domain);
      one = id.then((found) => signIn(this.admin, found, user, { connectTimeout: NO_PATH }));
      this.#sessions.set(user, one);
    }
    return one;
  }

  /** Signs a user in anew: what its role may do, or its session's facts, have changed. */
  forget(user: string): void {
    this.#sessions.delete(user);
    for (const id of [...this.#clients.keys()])
      if (id.startsWith(`${JSON.stringify({ user })}`)) this.#drop(id);
  }

  /** Drops sessions, roles' credentials and positions: something under them has changed. */
  forgetAll(): void {
    this.#sessions.clear();
    for (const id of [...this.#clients.keys()]) this.#drop(id);
    this.#exports = undefined;
  }

  #drop(id: string): void {
    this.#clients.get(id)?.then(
      (clients) => clients.close(),
      () => {},
    );
    this.#clients.delete(id);
  }

  /** Clients that call as somebody from somewhere. */
  clients(as: Actor, from: From = defaultFrom(as)): Promise<Clients> {
    const id = `${JSON.stringify(as)}@${JSON.stringify(from)}`;
    let one = this.#clients.get(id);
    if (!one) this.#clients.set(id, (one = this.#connect(as, from)));
    return one;
  }

  /** Makes an attempt and tells how it ended. */
  async attempt(as: Actor, from: From | undefined, request: Call): Promise<AttemptResult> {
    return attempt(await this.clients(as, from), request, true);
  }

  /** The engine's reasons for a denial, where the local cloud remembers it. */
  reasons(requestId: string) {
    return this.isLocal ? denialReasons(this.endpoint, this.state, requestId) : Promise.resolve(undefined);
  }

  /** Moves the local cloud's clock. */
  async advance(seconds: number): Promise<void> {
    if (!this.isLocal) throw new NotOnAws("moving the clock", `wait ${seconds} s`);
    const { advanceClock } = await import("@sagekeep/toolkit");
    await advanceClock(this.endpoint, this.state, seconds);
    // sessions and roles' credentials may have run out on the way
    this.forgetAll();
  }

  /** A place inside the VPC for the administrator: an interface of its own in the first private subnet. */
  async insideVpc(): Promise<string> {
    if (!this.isLocal)
      throw new NotOnAws(
        "taking a place inside the VPC",
        "run the command on an instance, or in a CloudShell VPC environment, in a private subnet",
      );
    this.#position ??= enterVpc(this.admin, this.state);
    return (await this.#position).endpoint;
  }

  async close(): Promise<void> {
    if (this.#position) {
      await this.#position.then((place) => place.leave()).catch(() => {});
      this.#position = undefined;
    }
    for (const one of this.#clients.values()) await one.then((clients) => clients.close()).catch(() => {});
    this.admin.close();
  }

  async #connect(as: Actor, from: From): Promise<Clients> {
    const { admin } = this.#options;
    const base: Target = { ...admin, connectTimeout: CONNECT_TIMEOUT };
    if (as === "admin") return new Clients({ ...base, ...(await this.#entrance(from)) });
    if ("user" in as) {
      const session = await this.session(as.user);
      const endpoint =
        from === "vpc" ? { endpoint: likeOf(base, session.endpoint) } : await this.#entrance(from);
      return new Clients({ ...base, credentials: session.credentials, ...endpoint });
    }
    const { Credentials } = await this.admin.call("sts", "AssumeRole", {
      RoleArn: as.role.startsWith("arn:") ? as.role : `arn:aws:iam::${this.account}:role/${as.role}`,
      RoleSessionName: as.sessionName ?? "sagekeep-lab",
    });
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    return new Clients({ ...base, credentials, ...(await this.#entrance(from)) });
  }

  async #entrance(from: From): Promise<{ endpoint?: string; localAddress?: string }> {
    if (from === "vpc") return { endpoint: await this.insideVpc() };
    if (typeof from !== "object") return {};
    if (!this.isLocal)
      throw new NotOnAws(`calling from ${from.address}`, "run the command on a machine that has the address");
    return { localAddress: from.address };
  }
}

function defaultFrom(as: Actor): From {
  return typeof as === "object" && "user" in as ? "vpc" : "internet";
}
