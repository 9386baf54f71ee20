/**
 * Route tables of transit gateways: which attachments use them, which they learn from, and routes that are set.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html
 */
import type { TransitGatewayRoute, TransitGatewayRouteTable } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { contains, parseCidr, printCidr } from "../../../network/cidr.ts";
import { type LearnedRoute, transitRoutes } from "../../../network/transit.ts";
import { AwsError } from "../../../wire/errors.ts";
import { invalidValue, missing, need, notACidr } from "../errors.ts";
import { predicate } from "../filters.ts";
import { newId } from "../identifiers.ts";
import { add, change, describe, find, tableOf, tagList } from "../kind.ts";
import { prefixLists, transitAttachments, transitGateways, transitRouteTables } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type {
  TransitGatewayAttachmentRecord,
  TransitGatewayRouteTableRecord,
  TransitRoute,
} from "../records.ts";
import { isAwsPrefixList } from "../service-names.ts";
import { allLive, forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";

type Table = Readonly<TransitGatewayRouteTableRecord>;
type Attachment = Readonly<TransitGatewayAttachmentRecord>;

const view = (one: Table, context: ReadContext): TransitGatewayRouteTable => {
  const gateway = tableOf(context, transitGateways).get(one.transitGatewayId);
  return {
    TransitGatewayRouteTableId: one.id,
    TransitGatewayId: one.transitGatewayId,
    State: one.deleted === undefined ? "available" : "deleted",
    DefaultAssociationRouteTable: gateway?.associationTableId === one.id,
    DefaultPropagationRouteTable: gateway?.propagationTableId === one.id,
    CreationTime: new Date(one.created),
    Tags: tagList(one.tags),
  };
};

const about = (one: Attachment) => ({
  TransitGatewayAttachmentId: one.id,
  ResourceId: one.resourceId,
  ResourceType: one.type,
});

const routeView = (route: LearnedRoute): TransitGatewayRoute => ({
  ...(route.cidr && { DestinationCidrBlock: route.cidr }),
  ...(route.prefixListId && { PrefixListId: route.prefixListId }),
  ...(route.attachment && { TransitGatewayAttachments: [about(route.attachment)] }),
  Type: route.type,
  State: route.attachment ? "active" : "blackhole",
});

function block(text: string | undefined): string {
  const cidr = parseCidr(need(text, "DestinationCidrBlock"));
  if (!cidr) throw notACidr("destinationCidrBlock", text);
  return printCidr(cidr);
}

const tableNamed = (context: ReadContext, id: string | undefined): Table =>
  live(context, transitRouteTables, need(id, "TransitGatewayRouteTableId"));

/** An attachment of the table's own gateway. */
function attachmentNamed(context: ReadContext, table: Table, id: string | undefined): Attachment {
  const one = live(context, transitAttachments, need(id, "TransitGatewayAttachmentId"));
  if (one.transitGatewayId === table.transitGatewayId) return one;
  throw invalidValue(`${one.id} and ${table.id} belong to different Transit Gateways.`);
}

function targetOf(
  context: ReadContext,
  table: Table,
  input: { TransitGatewayAttachmentId?: string | undefined; Blackhole?: boolean | undefined },
): Pick<TransitRoute, "attachmentId"> {
  if (input.Blackhole && input.TransitGatewayAttachmentId) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The parameters TransitGatewayAttachmentId and Blackhole cannot be used together",
    );
  }
  if (input.Blackhole) return {};
  if (!input.TransitGatewayAttachmentId) throw missing("TransitGatewayAttachmentId");
  return { attachmentId: attachmentNamed(context, table, input.TransitGatewayAttachmentId).id };
}

const noRoute = (cidr: string, table: string) =>
  new AwsError(
    "InvalidRoute.NotFound",
    `Route ${cidr} does not exist in Transit Gateway Route Table ${table}.`,
  );

/** How one route is shown among the table's. */
const shown = (context: ReadContext, tableId: string, test: (route: LearnedRoute) => boolean) =>
  transitRoutes(context, find(context, transitRouteTables, tableId)).find(
    (route) => route.type === "static" && test(route),
  );

export const transitRouteTableOperations: Operations = {
  CreateTransitGatewayRouteTable(input, context) {
    const gateway = live(context, transitGateways, need(input.TransitGatewayId, "TransitGatewayId"));
    const one = add(context, transitRouteTables, {
      id: newId("tgw-rtb"),
      tags: specifiedTags(input.TagSpecifications, "transit-gateway-route-table"),
      transitGatewayId: gateway.id,
      routes: [],
      propagations: [],
      created: context.now,
    });
    return { TransitGatewayRouteTable: { ...view(one, context), State: "pending" } };
  },

  DescribeTransitGatewayRouteTables(input, context) {
    forget(context, transitRouteTables);
    const ids = input.TransitGatewayRouteTableIds;
    const { items, next } = describe(context, transitRouteTables, input, ids);
    return { TransitGatewayRouteTables: items.map((one) => view(one, context)), NextToken: next };
  },

  DeleteTransitGatewayRouteTable(input, context) {
    const one = tableNamed(context, input.TransitGatewayRouteTableId);
    const gateway = tableOf(context, transitGateways).get(one.transitGatewayId);
    if (gateway?.associationTableId === one.id || gateway?.propagationTableId === one.id) {
      throw new AwsError("IncorrectState", `Cannot delete a default route table ${one.id}.`);
    }
    const used = allLive(context, transitAttachments).filter((attachment) => attachment.tableId === one.id);
    if (used.length) {
      throw new AwsError(
        "IncorrectState",
        `${one.id} has non-deleted Transit Gateway Route Table Associations: ${used.map(({ id }) => id).join(", ")}.`,
      );
    }
    const next = change(context, transitRouteTables, one.id, (draft) => {
      draft.deleted = context.now;
    });
    return { TransitGatewayRouteTable: { ...view(next, context), State: "deleting" } };
  },

  AssociateTransitGatewayRouteTable(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const one = attachmentNamed(context, table, input.TransitGatewayAttachmentId);
    if (one.tableId) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `Transit Gateway Attachment ${one.id} is already associated to a route table.`,
      );
    }
    change(context, transitAttachments, one.id, (draft) => {
      draft.tableId = table.id;
    });
    return {
      Association: { TransitGatewayRouteTableId: table.id, ...about(one), State: "associating" },
    };
  },

  DisassociateTransitGatewayRouteTable(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const one = attachmentNamed(context, table, input.TransitGatewayAttachmentId);
    if (one.tableId !== table.id) {
      throw new AwsError(
        "InvalidAssociation.NotFound",
        `Transit Gateway Attachment ${one.id} is not associated with Transit Gateway Route Table ${table.id}.`,
      );
    }
    change(context, transitAttachments, one.id, (draft) => {
      delete draft.tableId;
    });
    return {
      Association: { TransitGatewayRouteTableId: table.id, ...about(one), State: "disassociating" },
    };
  },

  GetTransitGatewayRouteTableAssociations(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const holds = predicate<TransitGatewayAttachmentRecord>(
      input.Filters,
      {
        "resource-id": (one) => one.resourceId,
        "resource-type": (one) => one.type,
        "transit-gateway-attachment-id": (one) => one.id,
      },
      undefined,
      context,
    );
    const found = allLive(context, transitAttachments).filter(
      (one) => one.tableId === table.id && holds(one),
    );
    const { items, next } = page(found, input);
    return { Associations: items.map((one) => ({ ...about(one), State: "associated" })), NextToken: next };
  },

  EnableTransitGatewayRouteTablePropagation(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const one = attachmentNamed(context, table, input.TransitGatewayAttachmentId);
    if (one.type === "peering") {
      throw new AwsError("UnsupportedOperation", `${one.id} of type peering does not support propagation.`);
    }
    if (table.propagations.includes(one.id)) {
      throw new AwsError(
        "TransitGatewayRouteTablePropagation.Duplicate",
        `Propagation ${one.id} for ${table.id} already exists.`,
      );
    }
    change(context, transitRouteTables, table.id, (draft) => void draft.propagations.push(one.id));
    return { Propagation: { ...about(one), TransitGatewayRouteTableId: table.id, State: "enabled" } };
  },

  DisableTransitGatewayRouteTablePropagation(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const one = attachmentNamed(context, table, input.TransitGatewayAttachmentId);
    if (!table.propagations.includes(one.id)) {
      throw new AwsError(
        "TransitGatewayRouteTablePropagation.NotFound",
        `Propagation ${one.id} for ${table.id} does not exist.`,
      );
    }
    change(context, transitRouteTables, table.id, (draft) => {
      draft.propagations = draft.propagations.filter((id) => id !== one.id);
    });
    return { Propagation: { ...about(one), TransitGatewayRouteTableId: table.id, State: "disabled" } };
  },

  GetTransitGatewayRouteTablePropagations(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const holds = predicate<TransitGatewayAttachmentRecord>(
      input.Filters,
      {
        "resource-id": (one) => one.resourceId,
        "resource-type": (one) => one.type,
        "transit-gateway-attachment-id": (one) => one.id,
      },
      undefined,
      context,
    );
    const found = table.propagations
      .flatMap((id) => tableOf(context, transitAttachments).get(id) ?? [])
      .filter(holds);
    const { items, next } = page(found, input);
    return {
      TransitGatewayRouteTablePropagations: items.map((one) => ({ ...about(one), State: "enabled" })),
      NextToken: next,
    };
  },

  GetTransitGatewayAttachmentPropagations(input, context) {
    const id = need(input.TransitGatewayAttachmentId, "TransitGatewayAttachmentId");
    live(context, transitAttachments, id);
    const holds = predicate<TransitGatewayRouteTableRecord>(
      input.Filters,
      { "transit-gateway-route-table-id": (one) => one.id },
      undefined,
      context,
    );
    const found = allLive(context, transitRouteTables).filter(
      (one) => one.propagations.includes(id) && holds(one),
    );
    const { items, next } = page(found, input);
    return {
      TransitGatewayAttachmentPropagations: items.map((one) => ({
        TransitGatewayRouteTableId: one.id,
        State: "enabled",
      })),
      NextToken: next,
    };
  },

  CreateTransitGatewayRoute(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const cidr = block(input.DestinationCidrBlock);
    const target = targetOf(context, table, input);
    if (table.routes.some((one) => one.cidr === cidr)) {
      throw new AwsError(
        "RouteAlreadyExists",
        `Route ${cidr} already exists in Transit Gateway Route Table ${table.id}.`,
      );
    }
    change(context, transitRouteTables, table.id, (draft) => void draft.routes.push({ cidr, ...target }));
    return { Route: routeView(shown(context, table.id, (one) => one.cidr === cidr && !one.prefixListId)!) };
  },

  ReplaceTransitGatewayRoute(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const cidr = block(input.DestinationCidrBlock);
    const target = targetOf(context, table, input);
    if (!table.routes.some((one) => one.cidr === cidr)) throw noRoute(cidr, table.id);
    change(context, transitRouteTables, table.id, (draft) => {
      draft.routes = draft.routes.map((one) => (one.cidr === cidr ? { cidr, ...target } : one));
    });
    return { Route: routeView(shown(context, table.id, (one) => one.cidr === cidr && !one.prefixListId)!) };
  },

  DeleteTransitGatewayRoute(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const cidr = block(input.DestinationCidrBlock);
    const old = shown(context, table.id, (one) => one.cidr === cidr && !one.prefixListId);
    if (!old) throw noRoute(cidr, table.id);
    change(context, transitRouteTables, table.id, (draft) => {
      draft.routes = draft.routes.filter((one) => one.cidr !== cidr);
    });
    return { Route: { ...routeView(old), State: "deleted" } };
  },

  SearchTransitGatewayRoutes(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const filters = need(input.Filters, "Filters");
    if (filters.length === 0) throw missing("Filters");
    const searches = filters.filter((one) => one.Name?.startsWith("route-search."));
    const holds = predicate<LearnedRoute>(
      filters.filter((one) => !searches.includes(one)),
      {
        "attachment.transit-gateway-attachment-id": (one) => one.attachment?.id,
        "attachment.resource-id": (one) => one.attachment?.resourceId,
        "attachment.resource-type": (one) => one.attachment?.type,
        "prefix-list-id": (one) => one.prefixListId,
        state: (one) => (one.attachment ? "active" : "blackhole"),
        type: (one) => one.type,
      },
      undefined,
      context,
    );
    let found = transitRoutes(context, table).filter(holds);
    for (const { Name = "", Values = [] } of searches) found = searched(found, Name, Values);
    const most = input.MaxResults ?? 1000;
    if (most < 5 || most > 1000) {
      throw new AwsError("InvalidMaxResults", `Value ( ${most} ) for parameter MaxResults is invalid.`);
    }
    return {
      Routes: found.slice(0, most).map(routeView),
      AdditionalRoutesAvailable: found.length > most,
    };
  },

  CreateTransitGatewayPrefixListReference(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const prefixListId = need(input.PrefixListId, "PrefixListId");
    if (!isAwsPrefixList(prefixListId, context.region)) find(context, prefixLists, prefixListId);
    const target = targetOf(context, table, input);
    if (table.routes.some((one) => one.prefixListId === prefixListId)) {
      throw new AwsError(
        "PrefixListReferenceAlreadyExists",
        `Prefix List Reference ${prefixListId} already exists in Transit Gateway Route Table ${table.id}.`,
      );
    }
    change(
      context,
      transitRouteTables,
      table.id,
      (draft) => void draft.routes.push({ prefixListId, ...target }),
    );
    return { TransitGatewayPrefixListReference: reference(context, table.id, { prefixListId, ...target }) };
  },

  ModifyTransitGatewayPrefixListReference(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const prefixListId = need(input.PrefixListId, "PrefixListId");
    if (!table.routes.some((one) => one.prefixListId === prefixListId)) throw noRoute(prefixListId, table.id);
    const next = { prefixListId, ...targetOf(context, table, input) };
    change(context, transitRouteTables, table.id, (draft) => {
      draft.routes = draft.routes.map((one) => (one.prefixListId === prefixListId ? next : one));
    });
    const view = reference(context, table.id, next);
    return { TransitGatewayPrefixListReference: { ...view, State: "modifying" } };
  },

  GetTransitGatewayPrefixListReferences(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const found = table.routes.filter((one) => one.prefixListId);
    const { items, next } = page(found, input);
    return {
      TransitGatewayPrefixListReferences: items.map((one) => reference(context, table.id, one)),
      NextToken: next,
    };
  },

  DeleteTransitGatewayPrefixListReference(input, context) {
    const table = tableNamed(context, input.TransitGatewayRouteTableId);
    const id = need(input.PrefixListId, "PrefixListId");
    const old = table.routes.find((one) => one.prefixListId === id);
    if (!old) throw noRoute(id, table.id);
    change(context, transitRouteTables, table.id, (draft) => {
      draft.routes = draft.routes.filter((one) => one.prefixListId !== id);
    });
    return { TransitGatewayPrefixListReference: { ...reference(context, table.id, old), State: "deleting" } };
  },
};

const reference = (context: ReadContext, tableId: string, route: Readonly<TransitRoute>) => {
  const attachment = route.attachmentId && tableOf(context, transitAttachments).get(route.attachmentId);
  return {
    TransitGatewayRouteTableId: tableId,
    PrefixListId: route.prefixListId,
    PrefixListOwnerId: isAwsPrefixList(route.prefixListId ?? "", context.region) ? "AWS" : context.account,
    State: "available" as const,
    Blackhole: !route.attachmentId,
    ...(attachment && { TransitGatewayAttachment: about(attachment) }),
  };
};

function searched(routes: readonly LearnedRoute[], name: string, values: readonly string[]): LearnedRoute[] {
  const wanted = values.map((text) => {
    const cidr = parseCidr(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
    if (!cidr) throw invalidValue(`Value (${text}) for filter ${name} is invalid.`);
    return cidr;
  });
  const matches = (
    test: (route: ReturnType<typeof parseCidr> & object, asked: (typeof wanted)[number]) => boolean,
  ) =>
    routes.filter((one) => {
      const cidr = parseCidr(one.cidr);
      return cidr !== undefined && wanted.some((asked) => test(cidr, asked));
    });
  switch (name) {
    case "route-search.exact-match":
      return matches((route, asked) => printCidr(route) === printCidr(asked));
    case "route-search.subnet-of-match":
      return matches((route, asked) => contains(asked, route));
    case "route-search.supernet-of-match":
      return matches((route, asked) => contains(route, asked));
    case "route-search.longest-prefix-match": {
      const covering = matches((route, asked) => contains(route, asked));
      const longest = Math.max(...covering.map((one) => parseCidr(one.cidr)!.prefix));
      return covering.filter((one) => parseCidr(one.cidr)!.prefix === longest);
    }
    default:
      throw invalidValue(`The filter '${name}' is invalid`);
  }
}
