/**
 * The question put to the engine: who does what to which resource, in which circumstances.
 */

/** Tags by key; IAM compares the keys of principal tags without regard to case. */
export type Tags = Readonly<Record<string, string>>;

/** Condition keys → values. Keys are case-insensitive; a list is a multivalued key, an empty list an absent one. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** The root user of an account. */
export interface RootPrincipal {
  readonly kind: "root";
  readonly account: string;
  /** @default "aws" */
  readonly partition?: string;
  readonly canonicalUserId?: string;
}

/** An IAM user, with long-term keys or a `GetSessionToken` session. */
export interface UserPrincipal {
  readonly kind: "user";
  /** `arn:aws:iam::ACCOUNT:user/path/name` */
  readonly arn: string;
  readonly account: string;
  /** `AIDA…`: what stored trust and resource policies keep in place of the ARN. */
  readonly uniqueId?: string;
  readonly tags?: Tags;
  readonly sourceIdentity?: string;
  readonly canonicalUserId?: string;
}

/** A session of an assumed role. */
export interface SessionPrincipal {
  readonly kind: "session";
  /** `arn:aws:sts::ACCOUNT:assumed-role/role-name/session-name` */
  readonly arn: string;
  /** `arn:aws:iam::ACCOUNT:role/path/role-name` */
  readonly roleArn: string;
  readonly account: string;
  /** `AROA…` of the role. */
  readonly uniqueId?: string;
  /** The role's tags. */
  readonly tags?: Tags;
  /** Tags passed when the session began; they override role tags whatever the case of the key. */
  readonly sessionTags?: Tags;
  readonly sourceIdentity?: string;
  /** Whether the role is service-linked. @default whether its path is `/aws-service-role/` */
  readonly serviceLinked?: boolean;
  readonly canonicalUserId?: string;
}

/** A `GetFederationToken` session of an IAM user. */
export interface FederatedUserPrincipal {
  readonly kind: "federated-user";
  /** `arn:aws:sts::ACCOUNT:federated-user/name` */
  readonly arn: string;
  /** The user who called `GetFederationToken`. */
  readonly userArn: string;
  readonly account: string;
  /** `AIDA…` of the parent user. */
  readonly uniqueId?: string;
  readonly tags?: Tags;
  readonly sessionTags?: Tags;
  readonly sourceIdentity?: string;
  readonly canonicalUserId?: string;
}

/** An AWS service calling as itself, with its service principal. */
export interface ServicePrincipal {
  readonly kind: "service";
  /** `sagemaker.amazonaws.com` */
  readonly service: string;
  /** Further names of the same service (`aws:PrincipalServiceNamesList`). */
  readonly serviceNames?: readonly string[];
}

/** Somebody with an identity provider's token or assertion, who has no AWS identity yet. */
export interface FederatedPrincipal {
  readonly kind: "federated";
  /** ARN of the SAML or OIDC provider, or the name of a built-in one (`cognito-identity.amazonaws.com`). */
  readonly provider: string;
}

/** An unsigned request. */
export interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

/** Everybody who can make a request. */
export type Principal =
  | RootPrincipal
  | UserPrincipal
  | SessionPrincipal
  | FederatedUserPrincipal
  | ServicePrincipal
  | FederatedPrincipal
  | AnonymousPrincipal;

/** What the request is about. */
export interface Resource {
  /** ARN, or `*` for actions without resources. */
  readonly arn: string;
  /** The account that owns it. @default the ARN's account, else the principal's */
  readonly account?: string;
  /** Fills `aws:ResourceTag/*` where the context has none. */
  readonly tags?: Tags;
  /** For an S3 access point ARN: the ARN of the bucket or object behind it. */
  readonly bucketArn?: string;
  /** The bucket's account, when it is not the access point's. @default `account` */
  readonly bucketAccount?: string;
}

/** One request. */
export interface Request {
  readonly principal: Principal;
  /** `service:Action`, in any case. */
  readonly action: string;
  readonly resource: Resource;
  readonly context?: RequestContext;
}
