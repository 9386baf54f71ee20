/**
 * The keys that outlive their stacks. A key is not deleted but scheduled for it: in the meantime nothing can be
 * encrypted or decrypted with it, it costs nothing, and its deletion can be cancelled.
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
import { isDenied, listAll, look } from "../calls.ts";
import { demandStackGone } from "../held.ts";
import type { Ground, Phase } from "../item.ts";

export const keys: Phase = {
  id: "keys",
  title: "schedule the keys for deletion",
  async find(ground) {
    const own = (await look(ground, "keys", () => listKeys(ground))).filter(
      (one) => one.why !== undefined && one.state !== "PendingDeletion",
    );
    return own.map(({ id, why = "", description }) => ({
      kind: "key",
      id: `${id}${description ? ` (${description})` : ""}`,
      why,
      loses: `after ${ground.keyWindow} days everything it encrypted, wherever that is; until then \`aws kms cancel-key-deletion\` brings it back`,
      async remove() {
        await demandStackGone(ground, ground.own.of("AWS::KMS::Key", id));
        const { DeletionDate } = await ground.clients.call("kms", "ScheduleKeyDeletion", {
          KeyId: id,
          PendingWindowInDays: ground.keyWindow,
        });
        return `gone on ${DeletionDate?.toISOString().slice(0, 10) ?? "?"}, can be cancelled until then`;
      },
    }));
  },
};

/** Every customer key of the account and region. */
export async function listKeys({
  clients,
  own,
}: Ground): Promise<{ id: string; why: string | undefined; state: string; description: string }[]> {
  const marker = { in: "Marker", out: "NextMarker" };
  const found = [];
  for (const { KeyId } of await listAll(clients, "kms", "ListKeys", {}, "Keys", marker)) {
    const id = String(KeyId);
    const about = await clients.call("kms", "DescribeKey", { KeyId: id }).catch((error: Error) => {
      // a key whose policy shuts us out is nobody's business here
      if (isDenied(error)) return undefined;
      throw error;
    });
    const meta = about?.KeyMetadata;
    if (meta?.KeyManager !== "CUSTOMER") continue;
    const description = meta.Description ?? "";
    const resource = own.of("AWS::KMS::Key", id);
    const tags = await listAll(clients, "kms", "ListResourceTags", { KeyId: id }, "Tags", marker).catch(
      (error: Error) => {
        if (isDenied(error)) return [];
        throw error;
      },
    );
    const byTag = Object.fromEntries(tags.map((one) => [String(one.TagKey), String(one.TagValue)]));
    // the words are what the platform's templates give their keys; a tag alone could be anybody's
    const described =
      own.tagged(byTag) === "own" && byTag.purpose !== undefined && description.startsWith(`${own.name}: `);
    const why = resource
      ? `of stack ${resource.stack}`
      : described
        ? `tagged platform=${own.name}, purpose=${byTag.purpose}`
        : undefined;
    found.push({ id, why, state: meta.KeyState ?? "", description });
  }
  return found;
}
