/** When access keys were last used, as the trail tells: at most one write a minute and key, unless the service changes. */
import type { CloudRuntime } from "../../service.ts";
import type { Store } from "../../store/store.ts";
import type { CloudTrailEvent } from "../../trail/event.ts";
import { trailOf } from "../../trail/store.ts";
import type { AccessKeyUse } from "./state.ts";

const MINUTE = 60_000;

const followed = new WeakSet<Store>();

/** Follows the trail of a cloud; once, though services start again after a reset. */
export function followKeyUse({ store, clock }: CloudRuntime): void {
  if (followed.has(store)) return;
  followed.add(store);
  trailOf(store, clock).listen((events: readonly CloudTrailEvent[]) => {
    const uses = store.table<AccessKeyUse>("iam.accessKeyUse", "");
    for (const event of events) {
      const id = (event.userIdentity as { accessKeyId?: string }).accessKeyId;
      if (!id?.startsWith("AKIA")) continue;
      const use = {
        time: Date.parse(event.eventTime),
        region: event.awsRegion,
        service: event.eventSource.split(".")[0] ?? "",
      };
      const old = uses.get(id);
      if (old && old.service === use.service && old.region === use.region && use.time - old.time < MINUTE)
        continue;
      uses.put(id, use);
    }
  });
}
