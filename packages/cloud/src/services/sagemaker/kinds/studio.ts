/** Domains, user profiles, spaces, apps, and what they are configured with. Their behaviour is in studio/. */
import type { Kind } from "../engine/kind.ts";
import { inUse, notFound } from "../errors.ts";
import { appHooks } from "../studio/app.ts";
import { domainHooks, newDomainId } from "../studio/domain.ts";
import { lifecycleConfigHooks } from "../studio/lifecycle-config.ts";
import { spaceHooks } from "../studio/space.ts";
import { userProfileHooks } from "../studio/user-profile.ts";
import { serving } from "./life.ts";
import { appUsage } from "./usage.ts";

const life = serving("Pending", "InService", "Deleting", "Updating");
const studioLife = {
  ...life,
  when: {
    update: ["InService", "Update_Failed", "Updating"],
    delete: ["InService", "Failed", "Update_Failed", "Delete_Failed", "Updating", "Pending"],
  },
};

/** A deleted app stays listed for a day. */
const DAY = 24 * 60 * 60 * 1000;

export const studioKinds: Kind[] = [
  {
    name: "Domain",
    type: "domain",
    id: ["DomainId"],
    newId: newDomainId,
    statusField: "Status",
    life: studioLife,
    missing: (_, name) => notFound(`Domain with id ${name} does not exist.`),
    hooks: domainHooks,
  },
  {
    name: "UserProfile",
    type: "user-profile",
    id: ["DomainId", "UserProfileName"],
    statusField: "Status",
    order: "Ascending",
    life: studioLife,
    missing: (_, name) => notFound(`UserProfile with name ${name} does not exist.`),
    exists: (_, name) => inUse(`UserProfile with name ${name} already exists in this Domain.`),
    hooks: userProfileHooks,
  },
  {
    name: "Space",
    type: "space",
    id: ["DomainId", "SpaceName"],
    statusField: "Status",
    order: "Ascending",
    life: studioLife,
    missing: (_, name) => notFound(`Space with name ${name} does not exist.`),
    exists: (_, name) => inUse(`Space with name ${name} already exists in this Domain.`),
    hooks: spaceHooks,
  },
  {
    name: "App",
    type: "app",
    usage: appUsage,
    id: ["DomainId", "OwnerName", "AppType", "AppName"],
    newId: (input) => [
      String(input.DomainId),
      String(input.UserProfileName ?? input.SpaceName),
      String(input.AppType),
      String(input.AppName),
    ],
    statusField: "Status",
    order: "Ascending",
    life: {
      ...life,
      delete: [
        ["Deleting", 0],
        ["Deleted", 1],
      ],
      linger: DAY,
    },
    without: ["Create", "Describe", "Delete"],
    missing: (_, name) => notFound(`App with name ${name} does not exist.`),
    hooks: appHooks,
  },
  {
    name: "AppImageConfig",
    type: "app-image-config",
    id: ["AppImageConfigName"],
    missing: (_, name) => notFound(`AppImageConfig with name ${name} does not exist.`),
    exists: (_, name) => inUse(`AppImageConfig with name ${name} already exists.`),
  },
  {
    name: "StudioLifecycleConfig",
    type: "studio-lifecycle-config",
    id: ["StudioLifecycleConfigName"],
    missing: (_, name) => notFound(`StudioLifecycleConfig with name ${name} does not exist.`),
    exists: (_, name) => inUse(`StudioLifecycleConfig with name ${name} already exists.`),
    hooks: lifecycleConfigHooks,
  },
];
