/** Who last used which service, as the event history tells: attempts count, refused ones too. */
import type { ReadContext } from "../../context.ts";
import type { CloudTrailEvent } from "../../trail/event.ts";
import { trailOf } from "../../trail/store.ts";

export interface Access {
  time: number;
  region: string;
}

/** The last use of a service, and of each of its actions. */
export interface ServiceUse extends Access {
  actions: Record<string, Access>;
}

/** Uses by entity's ARN, then by service's prefix. */
export type Uses = ReadonlyMap<string, ReadonlyMap<string, ServiceUse>>;

/** The user or role behind an event. */
function entityOf({ userIdentity }: CloudTrailEvent): string | undefined {
  const { type, arn, sessionContext } = userIdentity as {
    type?: string;
    arn?: string;
    sessionContext?: { sessionIssuer?: { arn?: string } };
  };
  if (type === "IAMUser") return arn;
  return type === "AssumedRole" ? sessionContext?.sessionIssuer?.arn : undefined;
}

const later = (a: Access | undefined, b: Access): boolean => a === undefined || a.time < b.time;

/** What these entities did, by one pass over the history of the account. */
export function usesOf(entities: ReadonlySet<string>, context: ReadContext): Uses {
  const uses = new Map<string, Map<string, ServiceUse>>();
  trailOf(context.store, context.clock).query({
    account: context.account,
    limit: Number.POSITIVE_INFINITY,
    accept(event) {
      const entity = entityOf(event);
      if (entity === undefined || !entities.has(entity)) return false;
      const [source = ""] = event.eventSource.split(".");
      const service = source === "monitoring" ? "cloudwatch" : source;
      const access = { time: Date.parse(event.eventTime), region: event.awsRegion };
      let own = uses.get(entity);
      if (!own) uses.set(entity, (own = new Map()));
      const known = own.get(service) ?? { ...access, actions: {} };
      if (later(known, access)) Object.assign(known, access);
      if (later(known.actions[event.eventName], access)) known.actions[event.eventName] = access;
      own.set(service, known);
      return false;
    },
  });
  return uses;
}
