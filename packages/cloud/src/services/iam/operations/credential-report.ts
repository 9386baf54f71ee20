/** The credential report: one line a user, in the columns of "Getting credential reports" of the IAM User Guide. */
import type { ReadContext } from "../../../context.ts";
import { type AccessKey, accessKeys, accessKeyUses, roles, settings, type User, users } from "../state.ts";

const COLUMNS = [
  "user",
  "arn",
  "user_creation_time",
  "password_enabled",
  "password_last_used",
  "password_last_changed",
  "password_next_rotation",
  "mfa_active",
  "access_key_1_active",
  "access_key_1_last_rotated",
  "access_key_1_last_used_date",
  "access_key_1_last_used_region",
  "access_key_1_last_used_service",
  "access_key_2_active",
  "access_key_2_last_rotated",
  "access_key_2_last_used_date",
  "access_key_2_last_used_region",
  "access_key_2_last_used_service",
  "cert_1_active",
  "cert_1_last_rotated",
  "cert_2_active",
  "cert_2_last_rotated",
];

const time = (at: number | undefined, none = "N/A") =>
  at === undefined ? none : `${new Date(at).toISOString().slice(0, 19)}+00:00`;

function keyColumns(key: AccessKey | undefined, context: ReadContext): string[] {
  if (!key) return ["false", "N/A", "N/A", "N/A", "N/A"];
  const used = accessKeyUses(context).get(key.id);
  return [
    String(key.status === "Active"),
    time(key.created),
    time(used?.time),
    used?.region ?? "N/A",
    used?.service ?? "N/A",
  ];
}

const DAY = 86_400_000;

/** When the password was last used, last changed, and has to be changed. */
function passwordColumns(user: User, context: ReadContext): string[] {
  if (!user.login) return ["false", "N/A", "N/A", "N/A"];
  const changed = user.login.changed ?? user.login.created;
  const days = settings(context).get("account")?.passwordPolicy?.MaxPasswordAge;
  return [
    "true",
    time(user.passwordLastUsed, "no_information"),
    time(changed),
    time(days === undefined ? undefined : changed + days * DAY),
  ];
}

/** The account is as old as the oldest thing in it. */
function accountCreated(context: ReadContext): number {
  const known = [...users(context).list(), ...roles(context).list()].map(({ created }) => created);
  return Math.min(context.now, ...known);
}

/** CSV of the account's users, the root user first. */
export function credentialReport(context: ReadContext): string {
  const rootKeys = accessKeys(context)
    .list()
    .filter((key) => key.account === context.account && key.user === undefined);
  const lines = [COLUMNS.join(",")];
  lines.push(
    [
      "<root_account>",
      `arn:aws:iam::${context.account}:root`,
      time(rootKeys[0]?.created ?? accountCreated(context)),
      "not_supported",
      "no_information",
      "not_supported",
      "not_supported",
      "false",
      ...keyColumns(rootKeys[0], context),
      ...keyColumns(rootKeys[1], context),
      "false",
      "N/A",
      "false",
      "N/A",
    ].join(","),
  );
  for (const user of users(context).list()) {
    const keys = user.accessKeys.map((id) => accessKeys(context).get(id));
    const certificates = user.certificates ?? [];
    lines.push(
      [
        user.name,
        user.arn,
        time(user.created),
        ...passwordColumns(user, context),
        String((user.mfa?.length ?? 0) > 0),
        ...keyColumns(keys[0], context),
        ...keyColumns(keys[1], context),
        String(certificates[0]?.status === "Active"),
        time(certificates[0]?.uploaded),
        String(certificates[1]?.status === "Active"),
        time(certificates[1]?.uploaded),
      ].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}
