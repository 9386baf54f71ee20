/** The domain whose identity setting rows 3.4 and 3.5 change. */
import type { Bench } from "../../../bench.ts";
import { until } from "../waiting.ts";

const DOMAIN = "research";
type Identity = "USER_PROFILE_NAME" | "DISABLED";

/** Also while the domain is being updated. */
export const domainId = (bench: Bench) => bench.exported(`domain:${DOMAIN}:Id`);

export async function setIdentity(bench: Bench, ExecutionRoleIdentityConfig: Identity): Promise<void> {
  const DomainId = await domainId(bench);
  await bench.admin.call("sagemaker", "UpdateDomain", {
    DomainId,
    DomainSettingsForUpdate: { ExecutionRoleIdentityConfig },
  });
  await until(
    bench,
    "the domain's update",
    async () => (await bench.admin.call("sagemaker", "DescribeDomain", { DomainId })).Status === "InService",
  );
}
