/**
 * Studio's front door: a presigned URL opens a session, which is answered as JSON to programs (credentials and the
 * listener its requests leave from) and as a page to browsers. Listeners inside VPCs are opened on demand and kept.
 */

import type { NetworkPath } from "../network/path.ts";
import { openPosition, type Position } from "../network/position.ts";
import { type OpenedSession, openStudioSession } from "../services/sagemaker/index.ts";
import { isAwsError } from "../wire/errors.ts";
import type { GatewayParts } from "./server.ts";

export interface StudioAnswer {
  status: number;
  type: "application/json" | "text/html; charset=utf-8";
  body: string;
}

const host = /^[a-z0-9-]+\.studio\.[a-z0-9-]+\.sagemaker\.aws$/;

/** Whether a request is for Studio's front door: by its real host name, or at `/_studio/` of this cloud. */
export function isStudio(hostName: string | undefined, path: string): boolean {
  return path.startsWith("/_studio/") || host.test(hostName ?? "");
}

export class StudioDoor {
  readonly #positions = new Map<string, Promise<Position>>();
  readonly #endpoint: () => string;
  readonly #options: { connectTimeout?: number; allowInternet?: boolean };

  /** @param endpoint of the cloud itself, for sessions outside of VPCs */
  constructor(endpoint: () => string, options: { connectTimeout?: number; allowInternet?: boolean } = {}) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Answers `…/auth?token=…`. */
  async open(
    parts: GatewayParts,
    token: string | null,
    path: NetworkPath,
    wantsPage: boolean,
  ): Promise<StudioAnswer> {
    try {
      const session = await openStudioSession(token ?? "", path, parts.runtime);
      const { position } = session;
      const endpoint =
        position.kind === "vpc"
          ? (await this.position(parts, position.networkInterfaceId, session.account, session.region)).url
          : this.#endpoint();
      return wantsPage
        ? page(200, "Studio session open", describe(session))
        : json(200, answerOf(session, endpoint));
    } catch (error) {
      if (!isAwsError(error)) throw error;
      const { code, message, status = 403 } = error;
      return wantsPage ? page(status, "Studio did not open", [message]) : json(status, { code, message });
    }
  }

  /** The listener of an interface; opened once. */
  position(
    parts: GatewayParts,
    networkInterfaceId: string,
    account: string,
    region: string,
  ): Promise<Position> {
    let one = this.#positions.get(networkInterfaceId);
    if (!one) {
      one = openPosition(parts, { networkInterfaceId, account, region, ...this.#options });
      this.#positions.set(networkInterfaceId, one);
      one.catch(() => this.#positions.delete(networkInterfaceId));
    }
    return one;
  }

  async close(): Promise<void> {
    for (const one of this.#positions.values())
      await one.then((position) => position.close()).catch(() => {});
    this.#positions.clear();
  }
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
