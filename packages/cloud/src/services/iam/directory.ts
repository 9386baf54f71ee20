/** What the gateway asks about identities, answered from IAM's and STS's state. Called on each request: rows are cached. */
import type { ReadContext } from "../../context.ts";
import type { Caller, CredentialFacts } from "../../identity/caller.ts";
import type {
  CredentialLookup,
  IdentityDirectory,
  PrincipalPolicies,
  StoredPolicy,
} from "../../identity/directory.ts";
import { organizationOf, organizationPolicies } from "../organizations/directory.ts";
import { open, type Session } from "../sts/session.ts";
import { sessionKeyId } from "./ids.ts";
import { awsManaged } from "./managed/aws-managed.ts";
import { parseIamArn } from "./names.ts";
import { accessKeys, groups, keyOf, policies, type Role, roles, type User, users } from "./state.ts";
import { tagRecord } from "./tags.ts";

export const identityDirectory: IdentityDirectory = {
  credential(accessKeyId, sessionToken, context) {
    if (sessionToken !== undefined) return temporary(accessKeyId, sessionToken, context);
    return longTerm(accessKeyId, context);
  },

  policiesOf(caller, context) {
    const { principal } = caller;
    switch (principal.kind) {
      case "user":
        return userPolicies(principal.arn, context);
      case "federated-user":
        return userPolicies(principal.userArn, context);
      case "session":
        return rolePolicies(principal.roleArn, caller.userId, context);
      default:
        return NO_POLICIES;
    }
  },

  organizationPolicies,
  organizationOf,

  roleSession(roleArn, sessionName, options, context) {
    const role = findRole(roleArn, context);
    if (!role) throw new Error(`the role ${roleArn} does not exist`);
    const account = accountOf(roleArn);
    const now = Math.floor(context.now / 1000) * 1000;
    return roleCaller(
      role,
      {
        // one id an hour, as long as a service keeps what it was given
        accessKeyId: sessionKeyId(account, `${roleArn}/${sessionName}/${Math.floor(now / 3_600_000)}`),
        kind: "role",
        account,
        issued: now,
        expires: now + 3_600_000,
        name: sessionName,
        ...(options.tags && { tags: options.tags }),
        ...(options.sourceIdentity && { sourceIdentity: options.sourceIdentity }),
        ...(options.context && { context: options.context }),
      },
      context,
    );
  },

  root(account) {
    return rootCaller(account);
  },
};

const NO_POLICIES: PrincipalPolicies = { identity: [] };
const UNKNOWN: CredentialLookup = { status: "unknown" };

function rootCaller(account: string, credential?: CredentialFacts): Caller {
  return {
    principal: { kind: "root", account },
    account,
    arn: `arn:aws:iam::${account}:root`,
    userId: account,
    ...(credential && { credential }),
  };
}

function userCaller(user: User, account: string, credential?: CredentialFacts): Caller {
  return {
    principal: {
      kind: "user",
      arn: user.arn,
      account,
      uniqueId: user.id,
      ...(user.tags.length > 0 && { tags: tagRecord(user.tags) }),
    },
    account,
    arn: user.arn,
    userId: user.id,
    ...(credential && { credential }),
  };
}

// --- long-term keys -------------------------------------------------------------------------------------------

const longTermCallers = new WeakMap<object, { user: object | undefined; lookup: CredentialLookup }>();

function longTerm(accessKeyId: string, context: ReadContext): CredentialLookup {
  const key = accessKeys(context).get(accessKeyId);
  if (!key) return UNKNOWN;
  if (key.status !== "Active") return { status: "inactive" };
  const user = key.user === undefined ? undefined : users(context.in(key.account)).get(keyOf(key.user));
  const known = longTermCallers.get(key);
  if (known && known.user === user) return known.lookup;
  if (key.user !== undefined && user?.id !== key.userId) return UNKNOWN;
  const credential: CredentialFacts = { accessKeyId, temporary: false };
  const caller = user ? userCaller(user, key.account, credential) : rootCaller(key.account, credential);
  const lookup: CredentialLookup = { status: "active", secret: key.secret, caller };
  longTermCallers.set(key, { user, lookup });
  return lookup;
}

// --- temporary credentials ------------------------------------------------------------------------------------

const sessionCallers = new WeakMap<
  Session,
  { issuer: object; deps: readonly unknown[]; lookup: CredentialLookup }
>();

function temporary(accessKeyId: string, sessionToken: string, context: ReadContext): CredentialLookup {
  const opened = open(sessionToken, context);
  if (!opened) return accessKeys(context).has(accessKeyId) ? { status: "token-mismatch" } : UNKNOWN;
  const { session, secret } = opened;
  if (session.accessKeyId !== accessKeyId) return { status: "token-mismatch" };
  if (context.now >= session.expires) return { status: "expired" };
  const issuer = issuerOf(session, context);
  if (!issuer) return UNKNOWN;
  const deps = (session.policyArns ?? []).map((arn) => policyRow(arn, context));
  const known = sessionCallers.get(session);
  if (known && known.issuer === issuer && known.deps.every((row, i) => row === deps[i])) return known.lookup;
  const lookup: CredentialLookup = {
    status: "active",
    secret,
    sessionToken,
    caller: sessionCaller(session, issuer, context),
  };
  sessionCallers.set(session, { issuer, deps, lookup });
  return lookup;
}

const ROOT = {};

/** Row of the role or user behind a session; a session dies with it. */
function issuerOf(session: Session, context: ReadContext): Role | User | typeof ROOT | undefined {
  if (session.kind === "root" || session.issuerArn === undefined) return ROOT;
  const there = context.in(session.account);
  const name = keyOf(session.issuerArn.slice(session.issuerArn.lastIndexOf("/") + 1));
  const row = session.kind === "role" ? roles(there).get(name) : users(there).get(name);
  return row && row.id === session.issuerId ? row : undefined;
}

function sessionCaller(session: Session, issuer: object, context: ReadContext): Caller {
  switch (session.kind) {
    case "role":
      return roleCaller(issuer as Role, session, context);
    case "root":
      return rootCaller(session.account, facts(session, undefined, context));
    case "user":
      return userCaller(issuer as User, session.account, facts(session, undefined, context));
    case "federated": {
      const user = issuer === ROOT ? undefined : (issuer as User);
      const arn = `arn:aws:sts::${session.account}:federated-user/${session.name}`;
      return {
        principal: {
          kind: "federated-user",
          arn,
          userArn: user?.arn ?? `arn:aws:iam::${session.account}:root`,
          account: session.account,
          ...(user && { uniqueId: user.id, tags: tagRecord(user.tags) }),
          ...(session.tags && { sessionTags: session.tags }),
        },
        account: session.account,
        arn,
        userId: `${session.account}:${session.name}`,
        credential: facts(
          session,
          user && { type: "User", arn: user.arn, id: user.id, name: user.name },
          context,
        ),
      };
    }
  }
}

function roleCaller(role: Role, session: Session, context: ReadContext): Caller {
  const arn = `arn:aws:sts::${session.account}:assumed-role/${role.name}/${session.name}`;
  return {
    principal: {
      kind: "session",
      arn,
      roleArn: role.arn,
      account: session.account,
      uniqueId: role.id,
      ...(role.tags.length > 0 && { tags: tagRecord(role.tags) }),
      ...(session.tags && { sessionTags: session.tags }),
      ...(session.sourceIdentity && { sourceIdentity: session.sourceIdentity }),
      ...(role.linkedService && { serviceLinked: true }),
    },
    account: session.account,
    arn,
    userId: `${role.id}:${session.name}`,
    credential: facts(session, { type: "Role", arn: role.arn, id: role.id, name: role.name }, context),
  };
}

function facts(session: Session, issuer: CredentialFacts["issuer"], context: ReadContext): CredentialFacts {
  const sessionPolicies = [
    ...(session.policy === undefined ? [] : [{ name: "session policy", document: session.policy }]),
    ...(session.policyArns ?? []).map(
      (arn) => storedPolicy(arn, context) ?? { name: arn, document: DENY_ALL },
    ),
  ];
  return {
    accessKeyId: session.accessKeyId,
    temporary: true,
    issuedAt: session.issued,
    expiresAt: session.expires,
    ...(sessionPolicies.length > 0 && { sessionPolicies }),
    ...(session.mfa !== undefined && { mfa: { authenticatedAt: session.mfa } }),
    ...(session.context && { context: session.context }),
    ...(issuer && { issuer }),
    ...(session.transitive && { transitiveTagKeys: session.transitive }),
  };
}

/** A session policy that was deleted allows nothing. */
const DENY_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';

// --- policies -------------------------------------------------------------------------------------------------

interface Gathered {
  rows: readonly (object | undefined)[];
  result: PrincipalPolicies;
}
const gathered = new WeakMap<object, Gathered>();

function userPolicies(arn: string, context: ReadContext): PrincipalPolicies {
  const there = context.in(accountOf(arn));
  const user = users(there).get(keyOf(arn.slice(arn.lastIndexOf("/") + 1)));
  if (!user || user.arn !== arn) return NO_POLICIES;
  const rows: (object | undefined)[] = user.attached.map((one) => policyRow(one, there));
  for (const name of user.groups) {
    const group = groups(there).get(keyOf(name));
    rows.push(group);
    for (const one of group?.attached ?? []) rows.push(policyRow(one, there));
  }
  if (user.boundary) rows.push(policyRow(user.boundary, there));
  const known = gathered.get(user);
  if (known && same(known.rows, rows)) return known.result;
  const identity = [...own(user, there)];
  for (const name of user.groups) {
    const group = groups(there).get(keyOf(name));
    if (group) identity.push(...own(group, there));
  }
  const result = { identity, ...boundary(user.boundary, there) };
  gathered.set(user, { rows, result });
  return result;
}

function rolePolicies(arn: string, userId: string, context: ReadContext): PrincipalPolicies {
  const role = findRole(arn, context);
  if (!role || !userId.startsWith(role.id)) return NO_POLICIES;
  const there = context.in(accountOf(arn));
  const rows: (object | undefined)[] = role.attached.map((one) => policyRow(one, there));
  if (role.boundary) rows.push(policyRow(role.boundary, there));
  const known = gathered.get(role);
  if (known && same(known.rows, rows)) return known.result;
  const result = { identity: own(role, there), ...boundary(role.boundary, there) };
  gathered.set(role, { rows, result });
  return result;
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function own(entity: Pick<User, "inline" | "attached">, context: ReadContext): StoredPolicy[] {
  const found: StoredPolicy[] = Object.entries(entity.inline).map(([name, document]) => ({ name, document }));
  for (const arn of entity.attached) {
    const policy = storedPolicy(arn, context);
    if (policy) found.push(policy);
  }
  return found;
}

/** A boundary whose policy is gone still binds, and allows nothing. */
function boundary(arn: string | undefined, context: ReadContext): { boundary?: StoredPolicy } {
  if (!arn) return {};
  return { boundary: storedPolicy(arn, context) ?? { name: arn, arn, document: DENY_ALL } };
}

function policyRow(arn: string, context: ReadContext): object | undefined {
  return awsManaged(arn) ?? policies(context).get(arn);
}

/** The default version of a managed policy. */
export function storedPolicy(arn: string, context: ReadContext): StoredPolicy | undefined {
  const aws = awsManaged(arn);
  if (aws) return { name: aws.name, arn, document: aws.document };
  const account = accountOf(arn);
  const policy = policies(account === context.account ? context : context.in(account)).get(arn);
  const version = policy?.versions.find((one) => one.id === policy.defaultVersion);
  return policy && version && { name: policy.name, arn, document: version.document };
}

/** The role with exactly this ARN, in its own account. */
export function findRole(arn: string, context: ReadContext): Readonly<Role> | undefined {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== "role") return undefined;
  const role = roles(context.in(parsed.account)).get(keyOf(parsed.name));
  return role?.arn === arn ? role : undefined;
}

function accountOf(arn: string): string {
  return arn.split(":", 5)[4] ?? "";
}
