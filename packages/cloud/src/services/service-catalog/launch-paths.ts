/** Which products a caller may launch, through which portfolio, and with whose role. */
import type { ReadContext } from "../../context.ts";
import { constraints, notFound, type Portfolio, type Product, portfolios, products } from "./state.ts";

/** ARNs by which a caller may be associated with a portfolio. */
function identities(context: ReadContext): string[] {
  const { principal, arn } = context.caller;
  return principal.kind === "session" ? [principal.roleArn, arn] : [arn];
}

function admits(pattern: string, arn: string): boolean {
  const plain = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  // a pattern of IAM has no account
  return new RegExp(`^${plain}$`).test(arn) || new RegExp(`^${plain}$`).test(arn.replace(/::\d{12}:/, ":::"));
}

export function mine(context: ReadContext): Readonly<Portfolio>[] {
  const own = identities(context);
  return portfolios(context)
    .list()
    .filter(({ principals }) =>
      principals.some((one) =>
        own.some((arn) => one.arn === arn || (one.type === "IAM_PATTERN" && admits(one.arn, arn))),
      ),
    );
}

/** Portfolios through which the caller may launch a product. Their ids are the launch paths. */
export const pathsOf = (product: string, context: ReadContext) =>
  mine(context).filter((one) => one.products.includes(product));

/** A product that the caller may launch. @throws ResourceNotFoundException also when it exists for others only */
export function launchable(
  id: string | undefined,
  name: string | undefined,
  context: ReadContext,
): Readonly<Product> {
  const found = mine(context)
    .flatMap((portfolio) => portfolio.products)
    .map((one) => products(context).get(one))
    .find(
      (one) =>
        one !== undefined && (id === undefined ? one.name === name : one.id === id || one.viewId === id),
    );
  if (!found) throw notFound(`Product ${id ?? name} not found.`);
  return found;
}

/** Role of a launch constraint, as an ARN. */
export function launchRole(portfolio: string, product: string, context: ReadContext): string | undefined {
  const one = constraints(context)
    .list()
    .find(
      (constraint) =>
        constraint.portfolio === portfolio && constraint.product === product && constraint.type === "LAUNCH",
    );
  if (!one) return undefined;
  const { RoleArn, LocalRoleName } = JSON.parse(one.parameters) as {
    RoleArn?: string;
    LocalRoleName?: string;
  };
  return (
    RoleArn ??
    (LocalRoleName === undefined
      ? undefined
      : `arn:${context.partition}:iam::${context.account}:role/${LocalRoleName}`)
  );
}

export function artifactOf(product: Readonly<Product>, id: string | undefined, name: string | undefined) {
  const active = product.artifacts.filter((one) => one.active);
  const found =
    id === undefined && name === undefined
      ? active.length === 1
        ? active[0]
        : undefined
      : active.find((one) => one.id === id || one.name === name);
  if (!found) throw notFound(`Provisioning artifact ${id ?? name ?? ""} of product ${product.id} not found.`);
  return found;
}
