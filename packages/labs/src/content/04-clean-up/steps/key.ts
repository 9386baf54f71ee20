/** 4.7: a key does not go at once. */
import type { Bench } from "../../../bench.ts";
import { call, type Step } from "../../../model.ts";
import { ifThere } from "../attempts.ts";

const alias = (bench: Bench) => `alias/${bench.platform}-lab4`;

export const keyWindow: Step = {
  id: "4.7",
  title: "A key does not go at once",
  text: `
**The idea.** What a key encrypted is lost with the key, wherever the copies are: in buckets, snapshots, backups, on tapes.
So KMS deletes no key on the spot. Deletion is *scheduled*, 7 to 30 days ahead; meanwhile the key encrypts and decrypts nothing,
costs nothing, and the deletion can be cancelled. The waiting time is your alarm: what breaks now would have been lost
later.

It is also the fastest way to make data unreadable everywhere at once, which is why \`kms:ScheduleKeyDeletion\` is a
permission to guard like the data itself.

\`sagekeep destroy\` schedules the keys that outlived their stacks, thirty days ahead unless \`--key-window\` says otherwise, and
names the day.`,
  hint: "Nothing to write. The window is between 7 and 30 days; `aws kms cancel-key-deletion` followed by `enable-key` brings a key back.",
  async prepare(bench) {
    await retire(bench);
    const { KeyMetadata } = await bench.admin.call("kms", "CreateKey", { Description: "sagekeep lab 4" });
    const KeyId = KeyMetadata?.KeyId ?? "";
    bench.kept.set("lab4:key", KeyId);
    await bench.admin.call("kms", "CreateAlias", { AliasName: alias(bench), TargetKeyId: KeyId });
  },
  experiments(bench) {
    const KeyId = bench.kept.get("lab4:key") ?? "";
    const Plaintext = new TextEncoder().encode("x");
    return [
      {
        what: "delete the key three days ahead",
        as: "admin",
        attempt: call("kms", "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 3 }),
        expect: "failed",
        code: "ValidationException",
        why: "seven days is the least",
      },
      {
        what: "seven days ahead",
        as: "admin",
        attempt: call("kms", "ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 }),
        expect: "allowed",
        why: "nothing is lost yet",
      },
      {
        what: "encrypt with it",
        as: "admin",
        attempt: call("kms", "Encrypt", { KeyId, Plaintext }),
        expect: "failed",
        code: "KMSInvalidStateException",
        why: "a key that waits for its deletion does nothing: what still needs it shows up now",
      },
      {
        what: "cancel the deletion",
        as: "admin",
        attempt: call("kms", "CancelKeyDeletion", { KeyId }),
        expect: "allowed",
        why: "until its last day the key can be brought back (it comes back disabled)",
      },
    ];
  },
  undo: retire,
};

async function retire(bench: Bench): Promise<void> {
  const { admin } = bench;
  const found = await ifThere(() => admin.call("kms", "DescribeKey", { KeyId: alias(bench) }));
  if (!found) return;
  await ifThere(() => admin.call("kms", "DeleteAlias", { AliasName: alias(bench) }));
  if (found.KeyMetadata?.KeyState !== "PendingDeletion")
    await admin.call("kms", "ScheduleKeyDeletion", {
      KeyId: found.KeyMetadata?.KeyId,
      PendingWindowInDays: 7,
    });
}
