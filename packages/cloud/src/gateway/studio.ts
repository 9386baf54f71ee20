/**
 * Studio's front door: a presigned URL opens a session, which is answered as JSON to programs (credentials and the
 * listener its requests leave from) and as a page to browsers. Listeners inside VPCs are opened on demand and kept.
 */

import type { NetworkPath } from "../network/path.ts";
import type { Position } from "../network/position.ts";
import type { Positions } from "../network/positions.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { OpenedSession } from "../services/sagemaker/index.ts";
import { isAwsError } from "../wire/errors.ts";
import type { Control } from "./control.ts";

export interface StudioAnswer {
  status: number;
  type: "application/json" | "text/html; charset=utf-8";
  body: string;
}

/** What SageMaker does behind the door; loaded when somebody stands before it. */
const studio = () => import("../services/sagemaker/index.ts");

const host = /^[a-z0-9-]+\.studio\.[a-z0-9-]+\.sagemaker\.aws$/;

/** Whether a request is for Studio's front door: by its real host name, or at `/_studio/` of this cloud. */
export function isStudio(hostName: string | undefined, path: string): boolean {
  return path.startsWith("/_studio/") || host.test(hostName ?? "");
}

export interface StudioDoorOptions {
  runtime: Runtime;
  positions: Positions;
  /** Region of requests that come to `/_studio/` instead of Studio's own host name. */
  region: string;
  /** Of the cloud itself, for sessions outside of VPCs. */
  endpoint: () => string;
  /** Whether sessions may reach hosts outside of this machine where their path leads there. @default false */
  allowInternet?: boolean;
}

export class StudioDoor {
  readonly #options: StudioDoorOptions;
  readonly #open = new Map<string, Promise<Position>>();

  constructor(options: StudioDoorOptions) {
    this.#options = options;
  }

  /** Studio's host name, for requests that come to this cloud's own address. */
  get hostName(): string {
    return `sagekeep.studio.${this.#options.region}.sagemaker.aws`;
  }

  /**
   * Answers `…/auth?token=…`. With `connectTimeoutSeconds` connections without a path are closed after that time, for
   * callers that must tell "no path" from "slow"; otherwise they hang, as they do on AWS.
   */
  async answer(query: URLSearchParams, path: NetworkPath, wantsPage: boolean): Promise<StudioAnswer> {
    try {
      const { openStudioSession } = await studio();
      const session = await openStudioSession(query.get("token") ?? "", path, this.#options.runtime);
      const endpoint = await this.#endpointOf(session, waitOf(query));
      return wantsPage
        ? page(200, "Studio session open", describe(session))
        : json(200, answerOf(session, endpoint));
    } catch (error) {
      if (!isAwsError(error)) throw error;
      const { code, message, status = 403 } = error;
      return wantsPage ? page(status, "Studio did not open", [message]) : json(status, { code, message });
    }
  }

  /**
   * `POST /_sagekeep/sign-on` `{domainId, userName}`: Identity Center's portal. Answers `{url}`, which opens Studio once,
   * or 403 with the reason.
   */
  mount(control: Control, home: { account: string; region: string }): void {
    control.route("POST /_sagekeep/sign-on", async ({ body }, runtime) => {
      const { domainId, userName } = JSON.parse(await body()) as { domainId?: unknown; userName?: unknown };
      if (typeof domainId !== "string" || typeof userName !== "string")
        return { status: 400, body: { error: "`domainId` and `userName` must be strings" } };
      try {
        const { signOn } = await studio();
        return { status: 200, body: { url: await signOn({ domainId, userName, ...home }, runtime) } };
      } catch (error) {
        if (!isAwsError(error)) throw error;
        return { status: error.status ?? 403, body: { error: error.message, code: error.code } };
      }
    });
  }

  /** The listener of the session's interface; one for all sessions that share it. */
  async #endpointOf(
    { position, account, region }: OpenedSession,
    connectTimeout: number | undefined,
  ): Promise<string> {
    if (position.kind !== "vpc") return this.#options.endpoint();
    const { networkInterfaceId } = position;
    const { positions, allowInternet } = this.#options;
    const id = `${networkInterfaceId} ${connectTimeout}`;
    let one = this.#open.get(id);
    if (!one) {
      one = positions.open({
        networkInterfaceId,
        account,
        region,
        ...(connectTimeout !== undefined && { connectTimeout }),
        ...(allowInternet && { allowInternet }),
      });
      this.#open.set(id, one);
      one.catch(() => this.#open.delete(id));
    }
    return (await one).url;
  }
}

/** Milliseconds. */
function waitOf(query: URLSearchParams): number | undefined {
  const seconds = Number(query.get("connectTimeoutSeconds") ?? Number.NaN);
  return seconds > 0 && seconds <= 600 ? seconds * 1000 : undefined;
}

function answerOf(session: OpenedSession, endpoint: string) {
  const { credentials, position, ...rest } = session;
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials;
  return {
    ...rest,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
    endpoint,
    proxy: endpoint,
    position:
      position.kind === "vpc"
        ? {
            vpcId: position.vpcId,
            subnetId: position.subnetId,
            networkInterfaceId: position.networkInterfaceId,
            privateIp: position.privateIp,
          }
        : {},
  };
}

function describe({ userProfileName, domainId, arn, position }: OpenedSession): string[] {
  return [
    `${userProfileName} in domain ${domainId}`,
    arn,
    position.kind === "vpc"
      ? `requests leave from ${position.privateIp} (${position.networkInterfaceId}, ${position.vpcId})`
      : "requests leave from Studio's own network",
    `this local cloud has no JupyterLab: run sagekeep studio ${userProfileName} for a terminal there`,
  ];
}

function json(status: number, body: unknown): StudioAnswer {
  return { status, type: "application/json", body: JSON.stringify(body) };
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(status: number, title: string, lines: readonly string[]): StudioAnswer {
  const list = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  return {
    status,
    type: "text/html; charset=utf-8",
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><body style="font:16px/1.5 system-ui;max-width:42rem;margin:4rem auto"><h1>${escapeHtml(title)}</h1>${list}</body></html>`,
  };
}
