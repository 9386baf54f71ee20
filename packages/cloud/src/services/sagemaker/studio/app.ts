/** Apps of user profiles and of spaces. */
import type { CallContext } from "../../../context.ts";
import { create, remove } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Hooks, Kind } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { inUse, notFound, validation } from "../errors.ts";
import { logStart } from "./app-log.ts";
import { domainOf } from "./domain.ts";
import { watch } from "./idle.ts";
import { interfaceOf } from "./network.ts";

export const appHooks: Hooks = {
  create(resource, input, context) {
    const domain = domainOf(input.DomainId, context);
    if (domain.status === "Deleting") throw validation(`Domain ${domain.id[0]} is in status Deleting.`);
    const { UserProfileName, SpaceName } = input;
    const [name, kind] =
      UserProfileName !== undefined ? [UserProfileName, "UserProfile"] : [SpaceName, "Space"];
    const owner = find(kindNamed(kind as string), [String(input.DomainId), String(name)], context);
    if (!owner) throw notFound(`${kind} with name ${name} does not exist.`);
    if (owner.status === "Deleting" || owner.status === "Failed") {
      throw validation(`${kind} ${name} is in status ${owner.status}.`);
    }
    resource.input.ResourceSpec ??= {
      InstanceType: input.AppType === "JupyterServer" ? "system" : "ml.t3.medium",
    };
  },
};

export const appOperations: Operations = {
  CreateApp(input, context) {
    checkOwner(input);
    const kind = kindNamed("App");
    const id = appId(input);
    const old = find(kind, id, context);
    if (old && old.status !== "Deleted" && old.status !== "Failed") {
      throw inUse(`App ${old.arn} already exists in status ${old.status}.`);
    }
    if (old) shelf(kind, context).delete(old, context);
    const app = create(kind, input, context);
    const owner = input.UserProfileName !== undefined ? "UserProfile" : "Space";
    const found = find(kindNamed(owner), id.slice(0, 2), context);
    if (found) interfaceOf(domainOf(input.DomainId, context), found, context);
    watch(app, context);
    logStart(app, context);
    return { AppArn: app.arn };
  },
  DescribeApp(input, context) {
    checkOwner(input);
    const kind = kindNamed("App");
    return pick(membersOf(kind, appIn(kind, input, context), context), factsOf("DescribeApp").out);
  },
  DeleteApp(input, context) {
    checkOwner(input);
    const kind = kindNamed("App");
    const app = appIn(kind, input, context);
    if (app.status !== "InService" && app.status !== "Pending") {
      throw inUse(`App ${app.arn} cannot be deleted in status ${app.status}.`);
    }
    remove(kind, app, context);
    return {};
  },
};

function appId(input: Fields): string[] {
  const { DomainId, UserProfileName, SpaceName, AppType, AppName } = input;
  return [DomainId, UserProfileName ?? SpaceName, AppType, AppName].map(String);
}

function appIn(kind: Kind, input: Fields, context: CallContext): Readonly<Resource> {
  const app = find(kind, appId(input), context);
  if (app) return app;
  const [domain, owner, type, name] = appId(input);
  throw notFound(
    `App ${context.arn("sagemaker", `app/${domain}/${owner}/${type}/${name}`.toLowerCase())} does not exist.`,
  );
}

function checkOwner({ UserProfileName, SpaceName }: Fields): void {
  if ((UserProfileName === undefined) === (SpaceName === undefined)) {
    throw validation("Exactly one of UserProfileName and SpaceName must be specified.");
  }
}
