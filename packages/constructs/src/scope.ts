/**
 * The ARNs of one platform: what policies name.
 *
 * Values that exist only after another stack is deployed come from `imported`, which inside CDK is
 * `Fn::ImportValue` and in a test a plain text, so that the same statements can be judged offline.
 */

import {
  accessPointName,
  bucketName,
  type DataSet,
  defaultBucketName,
  jobRoleName,
  LOG_BUCKET,
  type Platform,
  parameterName,
  roleName,
  type Workload,
} from "@sagekeep/spec";

/** Values one stack hands to another; the export's name is `platform:name`. */
export type Imported = (name: string) => string;

export class Scope {
  readonly platform: Platform;
  readonly #imported: Imported;

  constructor(platform: Platform, imported: Imported) {
    this.platform = platform;
    this.#imported = imported;
  }

  imported(name: string): string {
    return this.#imported(exportName(this.platform, name));
  }

  arn(service: string, resource: string): string {
    const { partition, region, account } = this.platform;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  /** A SageMaker resource, `processing-job/*`. */
  sagemaker(path: string): string {
    return this.arn("sagemaker", path);
  }

  /** A resource of the caller's own domain; the domain's id is a tag of the role. */
  inOwnDomain(kind: string, rest = ""): string {
    return this.sagemaker(`${kind}/\${aws:PrincipalTag/domain-id}${rest}`);
  }

  iam(path: string): string {
    return `arn:${this.platform.partition}:iam::${this.platform.account}:${path}`;
  }

  role(name: string): string {
    return this.iam(`role/${name}`);
  }

  personaRole(team: string, persona: string): string {
    return this.role(roleName(this.platform.name, team, persona));
  }

  jobRole(team: string, workload: Workload): string {
    return this.role(jobRoleName(this.platform.name, team, workload));
  }

  bucket(name: string, path = ""): string {
    return `arn:${this.platform.partition}:s3:::${name}${path}`;
  }

  dataBucket(data: DataSet): string {
    return bucketName(this.platform.name, data.name, this.platform.account, this.platform.region);
  }

  defaultBucket(): string {
    return defaultBucketName(this.platform.account, this.platform.region);
  }

  /** The bucket that receives access logs. */
  logBucket(): string {
    const { name, account, region } = this.platform;
    return bucketName(name, LOG_BUCKET, account, region);
  }

  /** The access point of a team on a data set, as a resource of object actions with `/object/*`. */
  accessPoint(data: DataSet, team: string, rest = ""): string {
    return this.arn("s3", `accesspoint/${accessPointName(this.platform.name, data.name, team)}${rest}`);
  }

  key(purpose: "studio" | "jobs" | "data"): string {
    return this.imported(`keys:${purpose}`);
  }

  parameter(path: string): string {
    return this.arn("ssm", `parameter${parameterName(this.platform.name, path)}`);
  }

  /** Ids of the private subnets. */
  subnets(): string[] {
    const { existing, zones } = this.platform.network;
    return (
      existing?.subnets.map((subnet) => subnet.id) ??
      zones.map((zone) => this.imported(`network:PrivateSubnet${zone.index + 1}`))
    );
  }

  vpc(): string {
    return this.platform.network.existing?.vpc ?? this.imported("network:Vpc");
  }

  /** The security group of Studio apps. */
  studioGroup(): string {
    return this.imported("network:StudioGroup");
  }

  /** The security group of jobs. */
  jobGroup(): string {
    return this.imported("network:JobGroup");
  }
}

/** Name under which a stack exports a value, `bank-marketing:network:Vpc`; a dot becomes a hyphen. */
export function exportName(platform: Platform, name: string): string {
  return `${platform.name}:${name.replace(/\./g, "-")}`;
}

/** The tag that carries a team, on roles and on what the roles make. */
export const TEAM_TAG = "team";
/** The team of the caller, as a policy variable. */
export const OWN_TEAM = "${aws:PrincipalTag/team}";

/** Profiles one stack holds beside a team's roles: about 700 bytes of template each, a space as much again. */
export const PROFILES_A_STACK = 20;
