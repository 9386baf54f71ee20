/** Which services the platform's own network leads to: by an endpoint, or out of the VPC. */
import { dnsSuffixOf } from "./names.ts";
import type { Network } from "./platform.ts";
import type { EndpointName } from "./schema.ts";

/** Where an endpoint's service is on the internet, for those that the platform's users call. */
const HOSTS: Partial<Record<EndpointName, string>> = {
  "sagemaker.api": "api.sagemaker",
  "sagemaker.runtime": "runtime.sagemaker",
  s3: "s3",
  ssm: "ssm",
  sts: "sts",
};

/**
 * Whether requests from the platform's subnets find a way to a service.
 * @param service an endpoint's name, or `iam`, which has no endpoint in VPCs
 */
export function hasPath(network: Network, region: string, service: EndpointName | "iam"): boolean {
  if (service !== "iam" && network.endpoints.includes(service)) return true;
  switch (network.internet) {
    case "nat":
      return true;
    case "none":
      // an existing VPC may have endpoints and routes of its own
      return network.existing !== undefined;
    case "firewall": {
      const name = service === "iam" ? "iam" : `${HOSTS[service] ?? service}.${region}`;
      return network.allow.some((domain) => lets(domain, `${name}.${dnsSuffixOf(region)}`));
    }
  }
}

/**
 * Whether the data's perimeter keeps the platform's own people out: buckets answer inside the network only, and without
 * its S3 endpoint no request counts as coming from there.
 */
export function isShutOut(network: Network, perimeter: boolean): boolean {
  return perimeter && network.existing === undefined && !network.endpoints.includes("s3");
}

/** Whether a name of a firewall's list covers a host; a leading point means "and everything below". */
function lets(domain: string, host: string): boolean {
  const name = domain.toLowerCase();
  return name.startsWith(".") ? `.${host}`.endsWith(name) : host === name;
}
