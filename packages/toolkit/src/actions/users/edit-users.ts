/** Who is on the platform, as the file says: adding, moving and taking out. */

import { closest } from "@sagekeep/policy";
import type { Platform, User } from "@sagekeep/spec";
import { ToolkitError } from "../../errors.ts";
import { editPlatform, setIn } from "../../platform/edit.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";

/** @throws ToolkitError when there is none of that name */
export function userNamed(platform: Platform, name: string): User {
  const found = platform.users.find((one) => one.name === name);
  if (found) return found;
  const close = closest(
    name,
    platform.users.map((one) => one.name),
  );
  throw new ToolkitError("USERS0002", `no user \`${name}\` on platform \`${platform.name}\``, {
    help: close
      ? `did you mean \`${close}\`?`
      : `users: ${platform.users
          .slice(0, 10)
          .map((one) => one.name)
          .join(", ")}`,
    exit: "invalid",
  });
}

function requireTeam(platform: Platform, name: string): void {
  if (platform.teams.some((one) => one.name === name)) return;
  const names = platform.teams.map((one) => one.name);
  const close = closest(name, names);
  throw new ToolkitError("USERS0003", `no team \`${name}\` on platform \`${platform.name}\``, {
    help: close ? `did you mean \`${close}\`?` : `teams: ${names.join(", ")}`,
    exit: "invalid",
  });
}

/** Adds a user to a team. */
export function addUser(file: PlatformFile, team: string, name: string, persona: string): PlatformFile {
  requireTeam(file.platform, team);
  const there = file.platform.users.find((one) => one.name === name);
  if (there) {
    throw new ToolkitError("USERS0004", `\`${name}\` is in team \`${there.team}\` already`, {
      help: `to change teams: \`sagekeep users move ${name} ${team}\``,
      exit: "invalid",
    });
  }
  return editPlatform(file, (document) => setIn(document, ["teams", team, "users", name], persona));
}

/** Takes a user out of the file. A team must keep at least one: the spec says so when it does not. */
export function dropUser(file: PlatformFile, name: string): PlatformFile {
  const { team } = userNamed(file.platform, name);
  return editPlatform(file, (document) => document.deleteIn(["teams", team, "users", name]));
}

/** Moves a user to another team of the same domain; what is said of the user in the file goes along. */
export function moveUser(file: PlatformFile, name: string, team: string): PlatformFile {
  const user = userNamed(file.platform, name);
  requireTeam(file.platform, team);
  const to = file.platform.teams.find((one) => one.name === team);
  if (user.team === team)
    throw new ToolkitError("USERS0005", `\`${name}\` is in team \`${team}\` already`, { exit: "invalid" });
  if (to?.domain !== user.domain) {
    throw new ToolkitError(
      "USERS0006",
      `team \`${team}\` is in domain \`${to?.domain}\`, \`${name}\` in \`${user.domain}\``,
      {
        help: "a profile cannot change domains: remove the user here and add them there; the home directory stays behind",
        exit: "invalid",
      },
    );
  }
  return editPlatform(file, (document) => {
    const written = document.getIn(["teams", user.team, "users", name], true);
    document.deleteIn(["teams", user.team, "users", name]);
    document.setIn(["teams", team, "users", name], written);
  });
}
