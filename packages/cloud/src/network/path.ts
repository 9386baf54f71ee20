/**
 * Where a request comes from and how it reaches a service. The network service computes paths inside VPCs;
 * the gateway copies `context` into the decision and evaluates `endpointPolicy`.
 */

/** A place that requests are made from. */
export type NetworkPosition =
  | { kind: "internet"; sourceIp: string }
  | {
      kind: "vpc";
      id: string;
      /** Owner of the interface. */
      account: string;
      region: string;
      vpcId: string;
      subnetId: string;
      networkInterfaceId: string;
      privateIp: string;
      securityGroupIds: readonly string[];
    };

/** A request that arrives. One that does not never gets a `NetworkPath`: it times out. */
export interface NetworkPath {
  position: NetworkPosition;
  /** The address the service sees: public, NAT's, or the private one through an endpoint. */
  sourceIp: string;
  /** Condition keys of the path: `aws:SourceIp`, or `aws:SourceVpc`, `aws:SourceVpcArn`, `aws:SourceVpce`, `aws:VpcSourceIp`. */
  context: Readonly<Record<string, string | readonly string[]>>;
  endpoint?: { id: string; account: string; policy?: { name: string; document: string } };
  /** HTTPS. */
  secure: boolean;
}

/** An address of AWS's own range: what `aws:SourceIp` is when a service calls on. (assumed) */
const AWS_SERVICE_ADDRESS = "52.94.133.129";

/** The path of a call that one AWS service makes itself; the trail shows the service as its source. */
export function servicePath(service: string): NetworkPath {
  return {
    position: { kind: "internet", sourceIp: AWS_SERVICE_ADDRESS },
    sourceIp: service,
    context: { "aws:SourceIp": AWS_SERVICE_ADDRESS },
    secure: true,
  };
}

/** The path of a request from the "internet" position. */
export function internetPath(sourceIp: string, secure: boolean): NetworkPath {
  return {
    position: { kind: "internet", sourceIp },
    sourceIp,
    context: { "aws:SourceIp": sourceIp },
    secure,
  };
}
