/**
 * Credentials of users for one service: passwords for CodeCommit and Keyspaces, API keys for Bedrock. Answers as
 * recorded in localstack's tests/aws/services/iam (TestIAMServiceSpecificCredentials).
 */
import { randomBytes } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, stamp, userName } from "../entities.ts";
import { noSuchEntity, quota, validationError } from "../errors.ts";
import { accountedId } from "../ids.ts";
import { page } from "../paging.ts";
import { type ServiceCredential, type User, users } from "../state.ts";

/** What a service is given: a name and a password, or an API key. */
const SERVICES: Readonly<Record<string, "password" | "key">> = {
  "bedrock.amazonaws.com": "key",
  "cassandra.amazonaws.com": "password",
  "codecommit.amazonaws.com": "password",
};
const PER_SERVICE = 2;
const DAY = 24 * 3600 * 1000;

const noCredential = (id: string) => noSuchEntity(`No such credential ${id} exists`);

function checkService(name: string): "password" | "key" {
  const kind = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (!kind) throw noSuchEntity(`No such service ${name} is supported for Service Specific Credentials`);
  return kind;
}

/** 60 characters that end with `=`; an API key of Bedrock says what it is. */
function newSecret(kind: "password" | "key", one: Pick<ServiceCredential, "userName">): string {
  const random = randomBytes(64).toString("base64").replaceAll("=", "");
  if (kind === "password") return `${random.slice(0, 59)}=`;
  return `ABSK${Buffer.from(`${one.userName}:${random.slice(0, 44)}`).toString("base64")}`;
}

function metadata(user: string, one: ServiceCredential): Iam.ServiceSpecificCredentialMetadata {
  return {
    UserName: user,
    Status: one.status,
    ...(SERVICES[one.service] === "key"
      ? { ServiceCredentialAlias: one.userName }
      : { ServiceUserName: one.userName }),
    CreateDate: new Date(one.created),
    ...(one.expires !== undefined && { ExpirationDate: new Date(one.expires) }),
    ServiceSpecificCredentialId: one.id,
    ServiceName: one.service,
  };
}

/** With its secret, which is shown once. */
function withSecret(user: string, one: ServiceCredential): Iam.ServiceSpecificCredential {
  return {
    ...(metadata(user, one) as Iam.ServiceSpecificCredential),
    ...(SERVICES[one.service] === "key"
      ? { ServiceCredentialSecret: one.password }
      : { ServicePassword: one.password }),
  };
}

/** Changes one credential of a user. @throws NoSuchEntity */
function edit(
  name: string | undefined,
  id: string,
  context: CallContext,
  how: (one: ServiceCredential) => void,
): { user: Readonly<User>; one: ServiceCredential } {
  const user = change("user", userName(name, context), context, (draft) => {
    const one = draft.serviceCredentials?.find((each) => each.id === id);
    if (!one) throw noCredential(id);
    how(one);
  });
  return { user, one: user.serviceCredentials?.find((each) => each.id === id) as ServiceCredential };
}

const owned = (user: Readonly<User>) => (user.serviceCredentials ?? []).map((one) => ({ user, one }));

/** Whose credentials a list is about. @throws ValidationError, NoSuchEntity */
function listed(input: { AllUsers?: boolean | undefined; UserName?: string | undefined }, at: ReadContext) {
  if (!input.AllUsers) return owned(find("user", userName(input.UserName, at), at));
  if (input.UserName !== undefined) {
    throw validationError("Cannot specify both UserName and AllUsers.");
  }
  return users(at).list().flatMap(owned);
}

export const serviceCredentialOperations: Handlers<typeof Iam, CallContext> = {
  CreateServiceSpecificCredential({ UserName, ServiceName, CredentialAgeDays }, context) {
    const user = find("user", UserName, context);
    const kind = checkService(ServiceName);
    if (CredentialAgeDays !== undefined && kind === "password") {
      throw validationError(`CredentialAgeDays is not supported for ${ServiceName}.`);
    }
    const all = (user.serviceCredentials ?? []).filter((one) => one.service === ServiceName);
    if (all.length >= PER_SERVICE) throw quota("ServiceSpecificCredentialsPerUser", PER_SERVICE);
    const created = stamp(context);
    const plain = `${user.name}-at-${context.account}`;
    const name = all.some((one) => one.userName === plain) ? `${user.name}+1-at-${context.account}` : plain;
    const one: ServiceCredential = {
      id: accountedId("ACCA", context.account, 21),
      service: ServiceName,
      userName: name,
      password: newSecret(kind, { userName: name }),
      status: "Active",
      created,
      ...(CredentialAgeDays !== undefined && { expires: created + CredentialAgeDays * DAY }),
    };
    change("user", UserName, context, (draft) => {
      draft.serviceCredentials = [...(draft.serviceCredentials ?? []), one];
    });
    return { ServiceSpecificCredential: withSecret(user.name, one) };
  },

  ListServiceSpecificCredentials(input, context) {
    const all = listed(input, context);
    if (input.ServiceName !== undefined) checkService(input.ServiceName);
    const chosen = all
      .filter(({ one }) => input.ServiceName === undefined || one.service === input.ServiceName)
      .sort((a, b) => (a.one.id < b.one.id ? -1 : 1));
    const { items, more } = page(chosen, ({ one }) => one.id, input);
    return {
      ServiceSpecificCredentials: items.map(({ user, one }) => metadata(user.name, one)),
      ...more,
    };
  },

  UpdateServiceSpecificCredential({ UserName, ServiceSpecificCredentialId, Status }, context) {
    edit(UserName, ServiceSpecificCredentialId, context, (one) => {
      one.status = Status === "Inactive" ? "Inactive" : "Active";
    });
    return {};
  },

  ResetServiceSpecificCredential({ UserName, ServiceSpecificCredentialId }, context) {
    const { user, one } = edit(UserName, ServiceSpecificCredentialId, context, (draft) => {
      draft.password = newSecret(SERVICES[draft.service] ?? "password", draft);
    });
    return { ServiceSpecificCredential: withSecret(user.name, one) };
  },

  DeleteServiceSpecificCredential({ UserName, ServiceSpecificCredentialId }, context) {
    edit(UserName, ServiceSpecificCredentialId, context, () => {});
    change("user", userName(UserName, context), context, (draft) => {
      draft.serviceCredentials = (draft.serviceCredentials ?? []).filter(
        ({ id }) => id !== ServiceSpecificCredentialId,
      );
    });
    return {};
  },
};
