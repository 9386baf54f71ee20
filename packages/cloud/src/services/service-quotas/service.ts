/**
 * Service Quotas: what may be had of each thing, and increases of it. An increase up to ten times the default is
 * approved at once, as nobody is there to review it; a larger one stays pending.
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/Welcome.html
 */
import { randomUUID } from "node:crypto";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Service } from "../../service.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Handlers } from "../../wire/types.ts";
import { findQuota, type Quota, quotas, serviceNames } from "./quotas.ts";

type Client = typeof import("@aws-sdk/client-service-quotas");

interface Change {
  id: string;
  service: string;
  code: string;
  desired: number;
  status: "APPROVED" | "PENDING";
  created: number;
  requester: string;
}

/** Increases beyond this many times the default need a person. */
const APPROVED_AT_ONCE = 10;

const values = (context: ReadContext) => context.table<{ value: number }>("service-quotas.value");
const changes = (context: ReadContext) => context.table<Change>("service-quotas.change");
const noSuch = (message: string) => new AwsError("NoSuchResourceException", message);

function quotaOf(input: { ServiceCode: string; QuotaCode: string }): Quota {
  const found = findQuota(input.ServiceCode, input.QuotaCode);
  if (!found) throw noSuch("The request failed because the specified quota does not exist.");
  return found;
}

function ofService(code: string): readonly Quota[] {
  if (!Object.hasOwn(serviceNames, code)) {
    throw noSuch("The request failed because the specified service does not exist.");
  }
  return quotas.filter((one) => one.service === code);
}

function view(one: Quota, context: ReadContext, value: number) {
  return {
    ServiceCode: one.service,
    ServiceName: serviceNames[one.service],
    QuotaArn: context.arn("servicequotas", `${one.service}/${one.code}`),
    QuotaCode: one.code,
    QuotaName: one.name,
    Value: value,
    Unit: one.unit,
    Adjustable: one.adjustable,
    GlobalQuota: one.service === "iam",
    QuotaAppliedAtLevel: "ACCOUNT" as const,
  };
}

const applied = (one: Quota, context: ReadContext) =>
  view(one, context, values(context).get(`${one.service}/${one.name}`)?.value ?? one.value);

function changeView(one: Readonly<Change>, context: ReadContext) {
  const found = findQuota(one.service, one.code);
  return {
    Id: one.id,
    ServiceCode: one.service,
    ServiceName: serviceNames[one.service],
    QuotaCode: one.code,
    QuotaName: found?.name,
    DesiredValue: one.desired,
    Status: one.status,
    Created: new Date(one.created),
    LastUpdated: new Date(one.created),
    Requester: one.requester,
    QuotaArn: context.arn("servicequotas", `${one.service}/${one.code}`),
    GlobalQuota: one.service === "iam",
    Unit: found?.unit,
    QuotaRequestedAtLevel: "ACCOUNT" as const,
  };
}

/** A page of a list; the token is the position of its first item. */
function page<T>(
  all: readonly T[],
  input: { NextToken?: string | undefined; MaxResults?: number | undefined },
) {
  const start =
    input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError("InvalidPaginationTokenException", "The pagination token is invalid.");
  }
  const items = all.slice(start, start + (input.MaxResults ?? 100));
  const end = start + items.length;
  return { items, ...(end < all.length && { NextToken: Buffer.from(String(end)).toString("base64url") }) };
}

const operations: Handlers<Client, CallContext> = {
  ListServices(input) {
    const all = Object.entries(serviceNames).map(([ServiceCode, ServiceName]) => ({
      ServiceCode,
      ServiceName,
    }));
    const { items, ...rest } = page(all, input);
    return { Services: items, ...rest };
  },
  ListServiceQuotas(input, context) {
    const all = ofService(input.ServiceCode).filter(
      ({ code }) => input.QuotaCode === undefined || code === input.QuotaCode,
    );
    const { items, ...rest } = page(all, input);
    return { Quotas: items.map((one) => applied(one, context)), ...rest };
  },
  ListAWSDefaultServiceQuotas(input, context) {
    const { items, ...rest } = page(ofService(input.ServiceCode), input);
    return { Quotas: items.map((one) => view(one, context, one.value)), ...rest };
  },
  GetServiceQuota: (input, context) => ({ Quota: applied(quotaOf(input), context) }),
  GetAWSDefaultServiceQuota(input, context) {
    const found = quotaOf(input);
    return { Quota: view(found, context, found.value) };
  },
  RequestServiceQuotaIncrease(input, context) {
    const found = quotaOf(input);
    const { Value = 0 } = applied(found, context);
    if (!found.adjustable) {
      throw new AwsError("IllegalArgumentException", "The quota is not adjustable.");
    }
    if (input.DesiredValue <= Value) {
      throw new AwsError(
        "IllegalArgumentException",
        `You must provide a quota value greater than the current quota value of ${Value}.`,
      );
    }
    const open = changes(context)
      .list()
      .some((one) => one.status === "PENDING" && one.service === found.service && one.code === found.code);
    if (open) {
      throw new AwsError(
        "ResourceAlreadyExistsException",
        "Only one open service quota increase request is allowed per quota.",
      );
    }
    const approved = input.DesiredValue <= Math.max(found.value, 10) * APPROVED_AT_ONCE;
    const change: Change = {
      id: randomUUID().replaceAll("-", ""),
      service: found.service,
      code: found.code,
      desired: input.DesiredValue,
      status: approved ? "APPROVED" : "PENDING",
      created: context.now,
      requester: JSON.stringify({ accountId: context.account, callerArn: context.caller.arn }),
    };
    changes(context).put(change.id, change);
    if (approved) values(context).put(`${found.service}/${found.name}`, { value: input.DesiredValue });
    return { RequestedQuota: changeView(change, context) };
  },
  GetRequestedServiceQuotaChange(input, context) {
    const one = changes(context).get(input.RequestId);
    if (!one) throw noSuch("The request failed because the specified request does not exist.");
    return { RequestedQuota: changeView(one, context) };
  },
  ListRequestedServiceQuotaChangeHistory(input, context) {
    const all = changes(context)
      .list()
      .filter(
        (one) =>
          (input.ServiceCode === undefined || one.service === input.ServiceCode) &&
          (input.Status === undefined || one.status === input.Status),
      );
    const { items, ...rest } = page(all, input);
    return { RequestedQuotas: items.map((one) => changeView(one, context)), ...rest };
  },
  ListRequestedServiceQuotaChangeHistoryByQuota(input, context) {
    const { service, code } = quotaOf(input);
    const all = changes(context)
      .list()
      .filter(
        (one) =>
          one.service === service &&
          one.code === code &&
          (input.Status === undefined || one.status === input.Status),
      );
    const { items, ...rest } = page(all, input);
    return { RequestedQuotas: items.map((one) => changeView(one, context)), ...rest };
  },
};

const onQuota =
  (action: string) => (input: { ServiceCode?: string; QuotaCode?: string }, context: ReadContext) => [
    {
      action: `servicequotas:${action}`,
      resource:
        action === "RequestServiceQuotaIncrease"
          ? context.arn("servicequotas", `${input.ServiceCode}/${input.QuotaCode}`)
          : "*",
      ...(action === "RequestServiceQuotaIncrease" && {
        context: { "servicequotas:service": input.ServiceCode },
      }),
    },
  ];

export const service: Service<Client> = {
  key: "service-quotas",
  actionPrefix: "servicequotas",
  principal: "servicequotas.amazonaws.com",
  operations,
  authorization: Object.fromEntries(Object.keys(operations).map((name) => [name, onQuota(name)])),
  knowledge: { RequestServiceQuotaIncrease: "assumed" },
};
