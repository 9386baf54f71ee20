/**
 * Idle shutdown: an app whose user has not been seen for the time that the domain, the profile (which overrides the
 * domain) or the space sets is deleted by the clock.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-idle-shutdown.html
 */
import type { CallContext } from "../../../context.ts";
import { draft, remove, save } from "../engine/change.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { cancel, defineTask, plan } from "../jobs/work.ts";

/** Settings of an app type within user or space settings. */
const SETTINGS: Record<string, string> = {
  JupyterLab: "JupyterLabAppSettings",
  CodeEditor: "CodeEditorAppSettings",
};

interface Idle {
  LifecycleManagement?: "ENABLED" | "DISABLED";
  IdleTimeoutInMinutes?: number;
  MaxIdleTimeoutInMinutes?: number;
}

const idleIn = (settings: unknown, type: string): Idle | undefined =>
  (
    ((settings as Fields | undefined)?.[SETTINGS[type] ?? ""] as Fields | undefined)
      ?.AppLifecycleManagement as { IdleSettings?: Idle } | undefined
  )?.IdleSettings;

/** Minutes after which an app of this owner is shut down; `undefined` when never. */
export function idleMinutes(app: Readonly<Resource>, context: CallContext): number | undefined {
  const { DomainId, UserProfileName, SpaceName, AppType } = app.input as Record<string, string | undefined>;
  const domain = find(kindNamed("Domain"), [DomainId ?? ""], context);
  const space =
    SpaceName === undefined ? undefined : find(kindNamed("Space"), [DomainId ?? "", SpaceName], context);
  const owner =
    UserProfileName ??
    ((space?.input.OwnershipSettings as Fields | undefined)?.OwnerUserProfileName as string | undefined);
  const profile =
    owner === undefined ? undefined : find(kindNamed("UserProfile"), [DomainId ?? "", owner], context);
  const type = AppType ?? "";
  const outer = idleIn(profile?.input.UserSettings, type) ?? idleIn(domain?.input.DefaultUserSettings, type);
  const own = idleIn(space?.input.SpaceSettings, type);
  if (outer?.LifecycleManagement !== "ENABLED") return undefined;
  const minutes = own?.IdleTimeoutInMinutes ?? outer.IdleTimeoutInMinutes;
  return minutes === undefined ? undefined : Math.min(minutes, outer.MaxIdleTimeoutInMinutes ?? minutes);
}

const keyOf = (app: Readonly<Resource>) => app.id.join("/").toLowerCase();

/** Plans the look at an app that was just started or used. */
export function watch(app: Readonly<Resource>, context: CallContext): void {
  const minutes = idleMinutes(app, context);
  if (minutes === undefined) cancel("idle", keyOf(app), context);
  else plan({ task: "idle", key: keyOf(app), due: context.now + minutes * 60_000 }, context);
}

defineTask("idle", (key, context) => {
  const kind = kindNamed("App");
  const app = shelf(kind, context).byKey(key, context.now);
  if (app?.status === "InService" && idleMinutes(app, context) !== undefined) remove(kind, app, context);
});

/** The user of a profile or space was seen: its apps start over. */
export function touch(domainId: string, owner: Readonly<Resource>, context: CallContext): void {
  const kind = kindNamed("App");
  const one = shelf(kind, context);
  const prefix = `${owner.id.join("/").toLowerCase()}/`;
  for (const { key } of one.entries("name")) {
    if (!key.startsWith(prefix)) continue;
    const found = one.byKey(key, context.now);
    if (found?.status !== "InService" || found.input.DomainId !== domainId) continue;
    const app = draft(found);
    app.fields.LastUserActivityTimestamp = { $date: context.now };
    watch(save(kind, app, context), context);
  }
}
