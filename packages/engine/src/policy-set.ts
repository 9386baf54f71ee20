/**
 * Every policy that could bear on a request, by layer. An absent layer does not apply; an empty list neither, except
 * that an organisation level with no policies allows nothing.
 */
import type { CompiledPolicy } from "./compile/policy.ts";

/** The policies attached to one level of an organisation: the root, an organisational unit or the account. */
export interface OrganizationLevel {
  readonly level: string;
  readonly policies: readonly CompiledPolicy[];
}

/** A KMS grant on the key that is asked for. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export interface KeyGrant {
  readonly id?: string;
  /** ARN of a user, role, session, federated user or account, or a service principal. */
  readonly granteePrincipal: string;
  /** `Decrypt`, `GenerateDataKey`, … (without `kms:`). */
  readonly operations: readonly string[];
  readonly constraints?: {
    readonly encryptionContextEquals?: Readonly<Record<string, string>>;
    readonly encryptionContextSubset?: Readonly<Record<string, string>>;
  };
}

/** S3 Block Public Access, as far as it decides requests: any `true` restricts. */
export interface BlockPublicAccess {
  /** `RestrictPublicBuckets` of the bucket owner's account, the bucket and the access point. */
  readonly account?: boolean;
  readonly bucket?: boolean;
  readonly accessPoint?: boolean;
}

/** The organisation, as far as evaluation depends on it. */
export interface Organization {
  /** SCPs do not bind its principals, RCPs not its resources. */
  readonly managementAccount?: string;
}

/** Every policy that could bear on a request. */
export interface PolicySet {
  /** Managed, inline and group policies of the user or role (of the parent user for a federated user). */
  readonly identity?: readonly CompiledPolicy[] | undefined;
  /** The permissions boundary. An empty list is no boundary. */
  readonly boundary?: readonly CompiledPolicy[] | undefined;
  /** The policies passed when the session began: together they are one layer. */
  readonly session?: readonly CompiledPolicy[] | undefined;
  /** The resource's own policy: bucket, key, role trust, queue … */
  readonly resource?: CompiledPolicy | undefined;
  /** Service control policies of the principal's account, from the root down. */
  readonly scps?: readonly OrganizationLevel[] | undefined;
  /** Resource control policies of the resource's account; `RCPFullAWSAccess` is implied at every level. */
  readonly rcps?: readonly OrganizationLevel[] | undefined;
  /** Policies of the VPC endpoint the request came through. */
  readonly endpoint?: readonly CompiledPolicy[] | undefined;
  /** @default "gateway" for S3 and DynamoDB, "interface" for the rest */
  readonly endpointType?: "gateway" | "interface" | undefined;
  /** The access point's policy, for requests whose resource is an access point ARN. */
  readonly accessPoint?: CompiledPolicy | undefined;
  readonly keyGrants?: readonly KeyGrant[] | undefined;
  readonly blockPublicAccess?: BlockPublicAccess | undefined;
  readonly organization?: Organization | undefined;
}
