/** The root user's access key, made when the cloud starts. */
import type { ReadContext } from "../../context.ts";
import { accessKeyId, secretKey } from "./ids.ts";
import { accessKeys } from "./state.ts";

/** Makes sure that the account's root user has a key; `id` and `secret` set it. Answers the key to use. */
export function ensureRootKey(
  account: string,
  context: Pick<ReadContext, "globalTable" | "accountTable" | "now">,
  wanted: { id?: string | undefined; secret?: string | undefined } = {},
): { accessKeyId: string; secretAccessKey: string } {
  const table = accessKeys(context);
  const old =
    wanted.id === undefined
      ? table
          .list()
          .find((key) => key.account === account && key.user === undefined && key.status === "Active")
      : table.get(wanted.id);
  if (old && (wanted.secret === undefined || wanted.secret === old.secret) && old.account === account) {
    return { accessKeyId: old.id, secretAccessKey: old.secret };
  }
  const id = wanted.id ?? accessKeyId("AKIA", account);
  const made = table.put(id, {
    id,
    secret: wanted.secret ?? secretKey(),
    account,
    status: "Active",
    created: Math.floor(context.now / 1000) * 1000,
  });
  return { accessKeyId: made.id, secretAccessKey: made.secret };
}
