/**
 * The policy simulator: the engine that decides every request of this cloud answers it. See "Testing IAM policies
 * with the IAM policy simulator" in the IAM User Guide.
 */
import type * as Iam from "@aws-sdk/client-iam";
import {
  type CompiledPolicy,
  compilePolicy,
  type Explanation,
  explain,
  type PolicySet,
  type Principal,
  type StatementReport,
} from "@sagekeep/engine";
import { type PolicyDocument, type PolicyKind, statementsOf } from "@sagekeep/policy";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { StoredPolicy } from "../../../identity/directory.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { organizationPolicies } from "../../organizations/directory.ts";
import { storedPolicy } from "../directory.ts";
import { find } from "../entities.ts";
import { invalidInput, noSuchEntity, validationError } from "../errors.ts";
import { parseIamArn } from "../names.ts";
import { page } from "../paging.ts";
import { groups, keyOf, roles, users } from "../state.ts";
import { tagRecord } from "../tags.ts";
import { type Outcome, resultOf } from "./simulation-result.ts";
import { positionOf } from "./statement-position.ts";

/** A policy as the simulator names it. */
interface Source {
  id: string;
  document: string;
  stored?: { name: string; arn?: string; entity: string; entityType: "USER" | "GROUP" | "ROLE" };
}

function compileAll(sources: readonly Source[], kind: PolicyKind): CompiledPolicy[] {
  return sources.map((one) => {
    try {
      return compilePolicy(JSON.parse(one.document) as PolicyDocument, { name: one.id, kind, id: one.id });
    } catch (error) {
      if (error instanceof AwsError) throw error;
      throw invalidInput(`Policy ${one.id} is not valid: ${error instanceof Error ? error.message : error}`);
    }
  });
}

const given = (list: readonly string[] | undefined, name: string): Source[] =>
  (list ?? []).map((document, i) => ({ id: `${name}.${i + 1}`, document }));

/** Policies of a user (with those of its groups), group or role. @throws NoSuchEntity */
export function sourcesOf(
  arn: string,
  context: ReadContext,
): { sources: Source[]; boundary?: StoredPolicy; tags: Record<string, string> } {
  const parsed = parseIamArn(arn);
  const kind = parsed?.kind;
  if (!parsed || (kind !== "user" && kind !== "role" && kind !== "group")) {
    throw validationError(
      "Invalid Entity Arn: The PolicySourceArn must be the ARN of a user, group, or role",
    );
  }
  if (parsed.account !== context.account) {
    throw invalidInput(`Invalid Entity Arn: ${arn} is not an entity of this account.`);
  }
  const entity = find(kind, parsed.name, context);
  const own = (one: typeof entity, label: "user" | "group" | "role"): Source[] => [
    ...Object.entries(one.inline).map(([name, document]) => ({
      id: `${label}_${one.name}_${name}`,
      document,
      stored: { name, entity: one.name, entityType: label.toUpperCase() as "USER" },
    })),
    ...one.attached.flatMap((policyArn) => {
      const found = storedPolicy(policyArn, context);
      if (!found) return [];
      return [
        {
          id: found.name,
          document: found.document,
          stored: {
            name: found.name,
            arn: policyArn,
            entity: one.name,
            entityType: label.toUpperCase() as "USER",
          },
        },
      ];
    }),
  ];
  const sources = own(entity, kind);
  if ("groups" in entity) {
    for (const name of entity.groups) {
      const group = groups(context).get(keyOf(name));
      if (group) sources.push(...own(group, "group"));
    }
  }
  const boundaryArn = "boundary" in entity ? entity.boundary : undefined;
  const boundary = boundaryArn === undefined ? undefined : storedPolicy(boundaryArn, context);
  return { sources, tags: "tags" in entity ? tagRecord(entity.tags) : {}, ...(boundary && { boundary }) };
}

function principalOf(arn: string, context: ReadContext): Principal {
  const parsed = parseIamArn(arn);
  const account = parsed?.account ?? context.account;
  if (parsed?.kind === "role") {
    const role = roles(context).get(keyOf(parsed.name));
    return {
      kind: "session",
      arn: `arn:aws:sts::${account}:assumed-role/${parsed.name}/simulated`,
      roleArn: arn,
      account,
      ...(role && { tags: tagRecord(role.tags), uniqueId: role.id }),
    };
  }
  const user = parsed?.kind === "user" ? users(context).get(keyOf(parsed.name)) : undefined;
  return { kind: "user", arn, account, ...(user && { tags: tagRecord(user.tags), uniqueId: user.id }) };
}

interface Question {
  ActionNames: readonly string[];
  ResourceArns?: readonly string[] | undefined;
  ResourcePolicy?: string | undefined;
  ResourceOwner?: string | undefined;
  ContextEntries?: readonly Iam.ContextEntry[] | undefined;
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

const DECISION = {
  Allowed: "allowed",
  ExplicitlyDenied: "explicitDeny",
  ImplicitlyDenied: "implicitDeny",
} as const;

function matched(explanation: Explanation, sources: ReadonlyMap<string, Source>): Iam.Statement[] {
  const wanted = explanation.outcome === "ExplicitlyDenied" ? "Deny" : "Allow";
  const found: Iam.Statement[] = [];
  for (const layer of explanation.layers) {
    if (layer.layer !== "identity" && layer.layer !== "resource") continue;
    for (const statement of layer.matched) {
      if (statement.effect !== wanted) continue;
      const source = sources.get(statement.policyId ?? statement.policy);
      if (!source) continue;
      found.push({
        SourcePolicyId: source.id,
        // the model has an enumeration; AWS answers with these two
        SourcePolicyType: (layer.layer === "resource" ? "Resource Policy" : "IAM Policy") as never,
        ...positionOf(source.document, statement.index),
      });
    }
  }
  return found;
}

/** Keys that conditions ask for and nobody gave. */
function missingKeys(explanation: Explanation, entries: ReadonlySet<string>): string[] {
  const missing = new Set<string>();
  const look = (statement: StatementReport) => {
    for (const one of statement.conditions) {
      if (one.requestValues === undefined && !entries.has(one.key.toLowerCase())) missing.add(one.key);
    }
  };
  for (const layer of explanation.layers) {
    for (const one of layer.matched) look(one);
    for (const one of layer.nearMisses) look(one);
  }
  return [...missing];
}

function simulate(
  question: Question,
  principal: Principal,
  policies: Omit<PolicySet, "resource">,
  sources: readonly Source[],
  context: ReadContext,
): { EvaluationResults: Iam.EvaluationResult[]; IsTruncated: boolean; Marker?: string } {
  const entries: Record<string, string[]> = {};
  for (const { ContextKeyName, ContextKeyValues } of question.ContextEntries ?? []) {
    if (ContextKeyName !== undefined) entries[ContextKeyName] = [...(ContextKeyValues ?? [])];
  }
  const condition: Record<string, string | string[]> = {};
  for (const [key, values] of Object.entries(entries)) {
    const list = question.ContextEntries?.find((one) => one.ContextKeyName === key)?.ContextKeyType?.endsWith(
      "List",
    );
    condition[key] = list || values.length !== 1 ? values : (values[0] as string);
  }
  const names = new Set(Object.keys(entries).map((key) => key.toLowerCase()));
  const resourceSource: Source[] = question.ResourcePolicy
    ? [{ id: "ResourcePolicy", document: question.ResourcePolicy }]
    : [];
  const byId = new Map([...sources, ...resourceSource].map((one) => [one.id, one]));
  const resource = compileAll(resourceSource, "resource")[0];
  const owner = question.ResourceOwner?.split(":")[4] ?? question.ResourceOwner;
  const results: Iam.EvaluationResult[] = [];
  for (const action of question.ActionNames) {
    if (!/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?_-]+$/.test(action)) {
      throw invalidInput(`Invalid action name: ${action}`);
    }
    const arns = question.ResourceArns ?? [];
    const each = (arns.length > 0 ? arns : ["*"]).map((arn): Outcome => {
      const explanation = explain(
        {
          principal,
          action,
          resource: { arn, account: owner ?? (arn.split(":")[4] || context.account) },
          context: condition,
        },
        { ...policies, ...(resource && { resource }) },
      );
      const outcomeOf = (name: string) => explanation.layers.find((one) => one.layer === name)?.outcome;
      return {
        arn,
        decision: DECISION[explanation.outcome],
        matched: matched(explanation, byId),
        missing: missingKeys(explanation, names),
        ...(policies.scps && { organizations: outcomeOf("scp") === "allow" }),
        ...(policies.boundary?.length && { boundary: outcomeOf("boundary") === "allow" }),
      };
    });
    results.push(resultOf(action, each, arns.length > 0));
  }
  const numbered = results.map((result, i) => ({ result, key: String(i).padStart(8, "0") }));
  const { items, more } = page(numbered, (one) => one.key, question);
  return { EvaluationResults: items.map((one) => one.result), ...more };
}

/** Condition keys and variables that policies use. */
function keysIn(documents: readonly string[]): string[] {
  const found = new Map<string, string>();
  const add = (key: string) => {
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), key);
  };
  for (const document of documents) {
    let policy: PolicyDocument;
    try {
      policy = JSON.parse(document) as PolicyDocument;
    } catch {
      throw invalidInput("Syntax errors in policy.");
    }
    if (typeof policy !== "object" || !policy?.Statement) throw invalidInput("Syntax errors in policy.");
    for (const statement of statementsOf(policy)) {
      for (const keys of Object.values(statement?.Condition ?? {}))
        for (const key of Object.keys(keys ?? {})) add(key);
    }
    for (const [, name = ""] of document.matchAll(/\$\{([^},]+)[^}]*\}/g)) {
      if (!/^[*?$]$/.test(name.trim())) add(name.trim());
    }
  }
  return [...found.values()].sort();
}

export const simulateOperations: Handlers<typeof Iam, CallContext> = {
  SimulateCustomPolicy(input, context) {
    const sources = given(input.PolicyInputList, "PolicyInputList");
    const boundary = given(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList");
    const arn = input.CallerArn ?? `arn:aws:iam::${context.account}:user/simulated`;
    return simulate(
      input,
      principalOf(arn, context),
      {
        identity: compileAll(sources, "identity"),
        ...(boundary.length > 0 && { boundary: compileAll(boundary, "boundary") }),
      },
      sources,
      context,
    );
  },

  SimulatePrincipalPolicy(input, context) {
    const of = sourcesOf(input.PolicySourceArn, context);
    const sources = [...of.sources, ...given(input.PolicyInputList, "PolicyInputList")];
    const boundary = input.PermissionsBoundaryPolicyInputList
      ? given(input.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList")
      : of.boundary
        ? [
            {
              id: of.boundary.name,
              document: of.boundary.document,
            },
          ]
        : [];
    const isGroup = input.PolicySourceArn.includes(":group/");
    if (isGroup && input.ResourcePolicy && !input.CallerArn) {
      throw invalidInput("CallerArn is required when a resource policy is given for a group.");
    }
    const arn =
      input.CallerArn ?? (isGroup ? `arn:aws:iam::${context.account}:user/simulated` : input.PolicySourceArn);
    const scps = organizationPolicies(context.account, context)?.scps;
    return simulate(
      input,
      principalOf(arn, context),
      {
        identity: compileAll(sources, "identity"),
        ...(boundary.length > 0 && { boundary: compileAll(boundary, "boundary") }),
        ...(scps?.length && {
          scps: scps.map((level, i) => ({
            level: String(i),
            policies: compileAll(
              level.map((one) => ({ id: one.name, document: one.document })),
              "scp",
            ),
          })),
        }),
      },
      sources,
      context,
    );
  },

  GetContextKeysForCustomPolicy: ({ PolicyInputList }) => ({ ContextKeyNames: keysIn(PolicyInputList) }),

  GetContextKeysForPrincipalPolicy({ PolicySourceArn, PolicyInputList }, context) {
    const { sources } = sourcesOf(PolicySourceArn, context);
    return { ContextKeyNames: keysIn([...sources.map((one) => one.document), ...(PolicyInputList ?? [])]) };
  },

  ListPoliciesGrantingServiceAccess({ Arn, ServiceNamespaces }, context) {
    const { sources } = sourcesOf(Arn, context);
    const list = ServiceNamespaces.map((namespace) => ({
      ServiceNamespace: namespace,
      Policies: sources
        .filter((one) => grants(one.document, namespace))
        .map(({ stored }) => {
          if (!stored) throw noSuchEntity("policy");
          return {
            PolicyName: stored.name,
            PolicyType: stored.arn === undefined ? ("INLINE" as const) : ("MANAGED" as const),
            ...(stored.arn !== undefined && { PolicyArn: stored.arn }),
            ...(stored.arn === undefined && { EntityType: stored.entityType, EntityName: stored.entity }),
          };
        }),
    }));
    return { PoliciesGrantingServiceAccess: list, IsTruncated: false };
  },
};

/** Whether a policy has an Allow statement that reaches into the service. */
export function grants(document: string, namespace: string): boolean {
  return statementsOf(JSON.parse(document) as PolicyDocument).some((statement) => {
    if (statement.Effect !== "Allow") return false;
    if (statement.NotAction !== undefined) return true;
    const actions = [statement.Action ?? []].flat();
    return actions.some((action) => {
      const [service = ""] = action.toLowerCase().split(":");
      return service === namespace.toLowerCase() || service === "*";
    });
  });
}
