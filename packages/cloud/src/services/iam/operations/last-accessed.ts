/**
 * Last accessed information: which services an entity may use, and when it last tried to.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
import { randomUUID } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import { actionsOf, service as serviceInfo, services } from "@sagekeep/policy";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { type Access, type ServiceUse, type Uses, usesOf } from "../accesses.ts";
import { storedPolicy } from "../directory.ts";
import { find } from "../entities.ts";
import { invalidInput, noSuchEntity, noSuchPolicy } from "../errors.ts";
import { parseIamArn } from "../names.ts";
import { page } from "../paging.ts";
import { type AccessJob, accessJobs, keyOf, roles, users } from "../state.ts";
import { grants, sourcesOf } from "./simulate.ts";

/** A report can be read for so long. */
const LIFE = 7 * 86_400_000;

/** Whom a report is about, and the policies that say what it lists. @throws NoSuchEntity */
function subjectOf(arn: string, context: ReadContext): { entities: string[]; documents: string[] } {
  const parsed = parseIamArn(arn);
  if (parsed?.kind === "policy") {
    const policy = storedPolicy(arn, context);
    if (!policy) throw noSuchPolicy(arn);
    return { entities: holdersOf(arn, context), documents: [policy.document] };
  }
  if (!parsed || !["user", "role", "group"].includes(parsed.kind) || parsed.account !== context.account) {
    throw invalidInput(`Invalid Entity Arn: ${arn}`);
  }
  const documents = sourcesOf(arn, context).sources.map((one) => one.document);
  if (parsed.kind !== "group") return { entities: [arn], documents };
  const { name } = find("group", parsed.name, context);
  const members = users(context)
    .list()
    .filter((one) => one.groups.includes(name));
  return { entities: members.map((one) => one.arn), documents };
}

/** Users and roles that a policy is attached to, also through a group. */
function holdersOf(policy: string, context: ReadContext): string[] {
  const holds = (one: { attached: readonly string[] }) => one.attached.includes(policy);
  const through = (names: readonly string[]) => names.some((name) => holds(find("group", name, context)));
  return [
    ...users(context)
      .list()
      .filter((one) => holds(one) || through(one.groups)),
    ...roles(context).list().filter(holds),
  ].map((one) => one.arn);
}

/** Of these entities, those that used the service, the last one first. */
function usersOf(uses: Uses, service: string): { entity: string; use: ServiceUse }[] {
  const found = [...uses].flatMap(([entity, own]) => {
    const use = own.get(service);
    return use ? [{ entity, use }] : [];
  });
  return found.sort((a, b) => b.use.time - a.use.time);
}

function report(service: string, uses: Uses, actions: boolean): AccessJob["services"][number] {
  const by = usersOf(uses, service);
  const tracked: Record<string, Access & { entity: string }> = {};
  for (const { entity, use } of by) {
    for (const [name, access] of Object.entries(use.actions)) {
      if ((tracked[name]?.time ?? -1) < access.time) tracked[name] = { ...access, entity };
    }
  }
  const known = new Set(actionsOf(service).map((one) => one.name));
  return {
    namespace: service,
    by: by.map(({ entity, use }) => ({ entity, time: use.time, region: use.region })),
    ...(actions && {
      actions: Object.entries(tracked)
        .filter(([name]) => known.has(name))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, access]) => ({ name, ...access })),
    }),
  };
}

function jobOf(id: string, context: ReadContext): Readonly<AccessJob> {
  const job = accessJobs(context).get(id);
  if (!job || job.created + LIFE <= context.now) {
    throw noSuchEntity(`The requested job with ID ${id} was not found.`);
  }
  return job;
}

const jobView = (job: Readonly<AccessJob>) => ({
  JobStatus: "COMPLETED" as const,
  JobCreationDate: new Date(job.created),
  JobCompletionDate: new Date(job.created),
});

function serviceView(one: AccessJob["services"][number]): Iam.ServiceLastAccessed {
  const [last] = one.by;
  return {
    ServiceName: serviceInfo(one.namespace)?.name ?? one.namespace,
    ...(last && { LastAuthenticated: new Date(last.time) }),
    ServiceNamespace: one.namespace,
    ...(last && { LastAuthenticatedEntity: last.entity, LastAuthenticatedRegion: last.region }),
    TotalAuthenticatedEntities: one.by.length,
    ...(one.actions && {
      TrackedActionsLastAccessed: one.actions.map((action) => ({
        ActionName: action.name,
        LastAccessedEntity: action.entity,
        LastAccessedTime: new Date(action.time),
        LastAccessedRegion: action.region,
      })),
    }),
  };
}

function entityView(arn: string, context: ReadContext): Iam.EntityInfo | undefined {
  const parsed = parseIamArn(arn);
  if (!parsed) return undefined;
  const isUser = parsed.kind === "user";
  const one = (isUser ? users(context) : roles(context)).get(keyOf(parsed.name));
  return one && { Arn: one.arn, Name: one.name, Type: isUser ? "USER" : "ROLE", Id: one.id, Path: one.path };
}

export const lastAccessedOperations: Handlers<typeof Iam, CallContext> = {
  GenerateServiceLastAccessedDetails({ Arn, Granularity = "SERVICE_LEVEL" }, context) {
    const { entities, documents } = subjectOf(Arn, context);
    const uses = usesOf(new Set(entities), context);
    const granted = services().filter((prefix) => documents.some((document) => grants(document, prefix)));
    const id = randomUUID();
    const jobs = accessJobs(context);
    for (const old of jobs.list()) if (old.created + LIFE <= context.now) jobs.delete(old.id);
    jobs.put(id, {
      id,
      created: context.now,
      granularity: Granularity,
      entities,
      services: granted.map((one) => report(one, uses, Granularity === "ACTION_LEVEL")),
    });
    return { JobId: id };
  },

  GetServiceLastAccessedDetails({ JobId, ...paging }, context) {
    const job = jobOf(JobId, context);
    const { items, more } = page(job.services, (one) => one.namespace, paging);
    return {
      ...jobView(job),
      JobType: job.granularity as Iam.AccessAdvisorUsageGranularityType,
      ServicesLastAccessed: items.map(serviceView),
      ...more,
    };
  },

  GetServiceLastAccessedDetailsWithEntities({ JobId, ServiceNamespace, ...paging }, context) {
    const job = jobOf(JobId, context);
    const by = job.services.find((one) => one.namespace === ServiceNamespace)?.by;
    if (!by) throw noSuchEntity(`The service namespace ${ServiceNamespace} was not found in the report.`);
    const times = new Map(by.map((one) => [one.entity, one.time]));
    const ordered = [...by.map((one) => one.entity), ...job.entities.filter((one) => !times.has(one))];
    const numbered = ordered.map((entity, index) => ({ entity, key: String(index).padStart(9, "0") }));
    const { items, more } = page(numbered, (one) => one.key, paging);
    return {
      ...jobView(job),
      EntityDetailsList: items.flatMap(({ entity }) => {
        const EntityInfo = entityView(entity, context);
        const time = times.get(entity);
        return EntityInfo
          ? [{ EntityInfo, ...(time !== undefined && { LastAuthenticated: new Date(time) }) }]
          : [];
      }),
      ...more,
    };
  },
};
