/** Who makes a request, as its credentials say. Filled by the credential store when a signature is verified. */
import type { Principal } from "@sagekeep/engine";

export interface Caller {
  /** The engine's view: kind, ARN, account, tags, source identity. */
  readonly principal: Principal;
  readonly account: string;
  /** ARN as AWS prints it in messages and events, e.g. `arn:aws:sts::111122223333:assumed-role/R/s`. */
  readonly arn: string;
  /** `aws:userid`, e.g. `AROA…:session`. */
  readonly userId: string;
  /** Present on signed calls. */
  readonly credential?: CredentialFacts;
  /** Services that forwarded the caller's credentials, first to last (`aws:CalledVia`). */
  readonly calledVia?: readonly string[];
}

export interface CredentialFacts {
  accessKeyId: string;
  /** Temporary credentials carry a session token. */
  temporary: boolean;
  /** Epoch milliseconds. */
  issuedAt?: number;
  expiresAt?: number;
  /** Session policies (JSON), at most 11: one inline, ten managed by ARN. */
  sessionPolicies?: readonly { name: string; document: string }[];
  mfa?: { authenticatedAt: number };
  /** Extra context keys of the session, e.g. `sagemaker:DomainId`, federation keys. */
  context?: Readonly<Record<string, string | string[]>>;
  /** Position to which the session is bound, if any (Studio). */
  issuer?: { type: "Role" | "User"; arn: string; id: string; name: string };
  transitiveTagKeys?: readonly string[];
}
