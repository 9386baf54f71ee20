/**
 * An app's log: Studio writes it to /aws/sagemaker/studio with the app's execution role, into a stream named
 * `domain/profile-or-space/type/app`. A role that may not write logs loses them.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
 */
import type { CallContext } from "../../../context.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { openLog } from "../jobs/logs.ts";
import { defineTask, plan } from "../jobs/work.ts";
import { executionRole } from "./session.ts";

const GROUP = "/aws/sagemaker/studio";
const keyOf = (app: Readonly<Resource>) => app.id.join("/").toLowerCase();

/** Has the app's start written down, after the request. */
export function logStart(app: Readonly<Resource>, context: CallContext): void {
  plan({ task: "app-log", key: keyOf(app), due: context.now }, context);
}

defineTask("app-log", async (key, context) => {
  const app = shelf(kindNamed("App"), context).byKey(key, context.now);
  if (!app) return;
  const { DomainId, UserProfileName, SpaceName, AppType } = app.input as Record<string, string | undefined>;
  const domain = find(kindNamed("Domain"), [DomainId ?? ""], context);
  if (!domain) return;
  const space =
    SpaceName === undefined ? undefined : find(kindNamed("Space"), [DomainId ?? "", SpaceName], context);
  const owner =
    UserProfileName ?? (space?.input.OwnershipSettings as Fields | undefined)?.OwnerUserProfileName;
  const profile =
    owner === undefined
      ? undefined
      : find(kindNamed("UserProfile"), [DomainId ?? "", String(owner)], context);
  const identity = (domain.input.DomainSettings as Fields | undefined)?.ExecutionRoleIdentityConfig;
  const session = {
    interfaces: [],
    call: (service: string, operation: string, input: object, from: CallContext) =>
      from.call(service, operation, input, {
        kind: "role",
        arn: executionRole(domain, profile, space),
        sessionName: "SageMaker",
        ...(identity === "USER_PROFILE_NAME" && profile && { sourceIdentity: profile.name }),
      }),
    close: () => {},
  };
  const log = openLog(GROUP, app.id.join("/"), session, () => context.clock.now());
  const spec = app.input.ResourceSpec as { InstanceType?: string } | undefined;
  log.line(`${AppType} is starting on ${spec?.InstanceType ?? "system"}`);
  await log.flush(context);
});
