/**
 * The Host header must name this machine or AWS. A page in a browser that was lured to 127.0.0.1 by its own DNS
 * name (DNS rebinding) sends that name, and is refused.
 */

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|([a-z0-9_.-]+\.)?(localhost|127\.0\.0\.1))$/i;
const aws = /\.(amazonaws\.com(\.cn)?|api\.aws|sagemaker\.aws|aws\.dev)$|^amazonaws\.com$/i;

/** @param more host names the operator allows besides, when listening beyond loopback */
export function isAllowedHost(host: string | undefined, more: readonly string[] = []): boolean {
  if (!host) return false;
  const name = host.replace(/:\d+$/, "");
  return loopback.test(name) || aws.test(name) || more.includes(name);
}

/** True for the names and addresses of this machine's loopback. */
export function isLoopback(host: string): boolean {
  return loopback.test(host) || host === "::1";
}

/** True for a host name of AWS's. */
export function isAwsHost(host: string | undefined): boolean {
  return host !== undefined && aws.test(host.replace(/:\d+$/, ""));
}
