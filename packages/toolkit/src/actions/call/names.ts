/** Services and operations by the names people use: the SDK's, the AWS CLI's, IAM's. */
import { closest } from "@sagekeep/policy";
import { type Clients, type ServiceKey, serviceKeys } from "../../aws/clients.ts";
import { ToolkitError } from "../../errors.ts";

const aliases: Record<string, ServiceKey> = {
  logs: "cloudwatch-logs",
  s3api: "s3",
  s3control: "s3-control",
  servicecatalog: "service-catalog",
  servicequotas: "service-quotas",
  elasticfilesystem: "efs",
  sso: "sso-admin",
  monitoring: "cloudwatch",
};

/** @throws ToolkitError naming the nearest service */
export function serviceNamed(name: string): ServiceKey {
  const key = name.toLowerCase();
  const found =
    serviceKeys.find((one) => one === key) ??
    aliases[key] ??
    serviceKeys.find((one) => one.replaceAll("-", "") === key.replaceAll("-", ""));
  if (found) return found;
  const near = closest(key, [...serviceKeys, ...Object.keys(aliases)]);
  throw new ToolkitError("CALL0001", `unknown service \`${name}\``, {
    help: `${near ? `did you mean \`${near}\`? ` : ""}services: ${serviceKeys.join(", ")}`,
    exit: "invalid",
  });
}

const squash = (name: string) => name.replaceAll(/[-_]/g, "").toLowerCase();

/** `ListBuckets`, also for `list-buckets`. @throws ToolkitError naming the nearest operation */
export async function operationNamed(clients: Clients, service: ServiceKey, name: string): Promise<string> {
  const all = await clients.operations(service);
  const found = all.find((one) => one === name) ?? all.find((one) => squash(one) === squash(name));
  if (found) return found;
  const near = closest(name, all) ?? all.find((one) => squash(one).includes(squash(name)));
  throw new ToolkitError("CALL0002", `${service} has no operation \`${name}\``, {
    help: near
      ? `did you mean \`${near}\`?`
      : `it has ${all.length}: ${all.slice(0, 12).join(", ")}${all.length > 12 ? " …" : ""}`,
    exit: "invalid",
  });
}
