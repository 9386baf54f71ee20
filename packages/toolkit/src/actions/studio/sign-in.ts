/**
 * Signs in to Studio as a user does: the administrator asks for a presigned URL, the user opens it, Studio runs
 * under the profile's execution role inside the VPC. On the local cloud the session's credentials and network
 * position come back as JSON; on AWS a browser would open and there is nothing to return to a program.
 */
import type { Clients } from "../../aws/clients.ts";
import { getJson } from "../../aws/http.ts";
import type { Credentials, Target } from "../../aws/target.ts";
import { ToolkitError } from "../../errors.ts";

export interface StudioSession {
  user: string;
  domainId: string;
  credentials: Credentials;
  region: string;
  /** ARN of the assumed role session. */
  arn: string;
  /** Where this session's requests leave from: a listener of its own inside the VPC. */
  endpoint: string;
  /** The position's proxy for HTTP and HTTPS (the same listener). */
  proxy: string;
  position: { vpcId?: string; subnetId?: string; networkInterfaceId?: string; privateIp?: string };
}

export interface SessionOptions {
  /** Seconds after which connections without a path are closed. @default they hang, as on AWS */
  connectTimeout?: number;
}

/** The domain of this name. @throws ToolkitError when there is none */
export async function domainIdOf(clients: Clients, name: string): Promise<string> {
  for await (const page of clients.pages(
    "sagemaker",
    "ListDomains",
    {},
    { in: "NextToken", out: "NextToken" },
  )) {
    const found = page.Domains?.find((one) => one.DomainName === name && one.Status === "InService");
    if (found?.DomainId) return found.DomainId;
  }
  throw new ToolkitError("STUDIO0001", `no domain \`${name}\` is in service`, {
    help: "deploy the platform first: `sagekeep deploy`",
    exit: "invalid",
  });
}

/** The domain that has a profile of this name. @throws ToolkitError when none or several do */
export async function findProfileDomain(clients: Clients, user: string): Promise<string> {
  const found: string[] = [];
  const names: string[] = [];
  for await (const page of clients.pages(
    "sagemaker",
    "ListUserProfiles",
    {},
    { in: "NextToken", out: "NextToken" },
  )) {
    for (const { UserProfileName = "", DomainId = "" } of page.UserProfiles ?? []) {
      names.push(UserProfileName);
      if (UserProfileName === user) found.push(DomainId);
    }
  }
  if (found.length === 1) return found[0] as string;
  if (found.length > 1) {
    throw new ToolkitError("STUDIO0007", `several domains have a profile \`${user}\`: ${found.join(", ")}`, {
      help: "name one with `--domain`",
      exit: "invalid",
    });
  }
  throw new ToolkitError("STUDIO0006", `no user profile \`${user}\``, {
    help: names.length
      ? `profiles: ${names.slice(0, 10).join(", ")}`
      : "deploy a platform first: `sagekeep up`",
    exit: "invalid",
  });
}

/** @throws ToolkitError when the local cloud refuses, with its reason */
export async function signIn(
  clients: Clients,
  domainId: string,
  user: string,
  options: SessionOptions = {},
): Promise<StudioSession> {
  const { target } = clients;
  if (target.kind !== "local" || !target.endpoint) {
    throw new ToolkitError("STUDIO0002", "a program can sign in to Studio on the local cloud only", {
      help: "on AWS open the presigned URL in a browser: `aws sagemaker create-presigned-domain-url`",
      exit: "invalid",
    });
  }
  const { AuthorizedUrl } = await clients.call("sagemaker", "CreatePresignedDomainUrl", {
    DomainId: domainId,
    UserProfileName: user,
  });
  if (!AuthorizedUrl) throw new ToolkitError("STUDIO0003", `no presigned URL came back for \`${user}\``);
  return openPresignedUrl(target, AuthorizedUrl, user, domainId, options);
}

/** Opens a presigned URL at the local cloud, from the position of `target`. */
export async function openPresignedUrl(
  target: Target,
  url: string,
  user: string,
  domainId: string,
  options: SessionOptions = {},
): Promise<StudioSession> {
  const { pathname, search } = new URL(url);
  const { ca, localAddress } = target;
  const wait = options.connectTimeout ? `&connectTimeoutSeconds=${options.connectTimeout}` : "";
  const answer = await getJson(new URL(`/_studio${pathname}${search}${wait}`, target.endpoint), {
    ...(ca && { ca }),
    ...(localAddress && { localAddress }),
  });
  const body = (answer.body ?? {}) as Partial<StudioSession> & { message?: string };
  if (answer.status !== 200 || !body.credentials || !body.endpoint) {
    throw new ToolkitError(
      "STUDIO0004",
      `Studio refused to open for \`${user}\`: ${body.message ?? `HTTP ${answer.status}`}`,
      {
        exit: "denied",
      },
    );
  }
  const { accessKeyId, secretAccessKey, sessionToken } = body.credentials;
  return {
    ...(body as StudioSession),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    user,
    domainId,
  };
}
