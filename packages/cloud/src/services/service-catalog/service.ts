/**
 * AWS Service Catalog: portfolios of products that users launch as CloudFormation stacks. Not here: shares between
 * accounts, tag options, budgets, service actions, plans and stack sets; those answer that they are not supported.
 * https://docs.aws.amazon.com/servicecatalog/latest/dg/API_Reference.html
 */
import type { CallContext, ReadContext } from "../../context.ts";
import type { Check, Service } from "../../service.ts";
import type { Handlers } from "../../wire/types.ts";
import { administration } from "./administration.ts";
import { launching } from "./launching.ts";
import { portfolios, products } from "./state.ts";

type Client = typeof import("@aws-sdk/client-service-catalog");

const operations: Handlers<Client, CallContext> = { ...administration, ...launching };

interface Named {
  Id?: string;
  PortfolioId?: string;
  ProductId?: string;
}

/** The portfolio and product that a request names, with their tags. */
function checks(operation: string, input: Named, context: ReadContext): Check[] {
  const action = `servicecatalog:${operation}`;
  const found: Check[] = [];
  const portfolio = portfolios(context).get(input.PortfolioId ?? input.Id ?? "");
  const product = products(context).get(input.ProductId ?? input.Id ?? "");
  for (const one of [portfolio, product]) {
    if (one)
      found.push({ action, resource: one.arn, facts: { account: context.account, tags: { ...one.tags } } });
  }
  return found.length > 0 ? found : [{ action, resource: "*" }];
}

export const service: Service<Client> = {
  key: "service-catalog",
  actionPrefix: "servicecatalog",
  principal: "servicecatalog.amazonaws.com",
  operations,
  authorization: Object.fromEntries(
    Object.keys(operations).map((name) => [
      name,
      (input: Named, context: ReadContext) => checks(name, input, context),
    ]),
  ),
};
