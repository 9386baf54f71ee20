/** Apps, model endpoints and jobs that run in an account, priced by instance type. */
import type { Inventory } from "./inventory.ts";
import { isOwn, tagOf } from "./inventory.ts";
import { DAYS_A_MONTH, HOURS_A_MONTH } from "./sheet.ts";

const tokens = { in: "NextToken", out: "NextToken" };
/** Hours without activity from which an app is called idle. */
const IDLE_HOURS = 2;
/** Jobs are averaged over these days. */
const JOB_DAYS = 7;

export async function readApps(inventory: Inventory): Promise<void> {
  const { clients, sheet, platform, idle, now, foreign } = inventory;
  const teams = new Map(platform.users.map((one) => [one.name, one.team]));
  for await (const page of clients.pages("sagemaker", "ListDomains", {}, tokens)) {
    for (const { DomainId = "", DomainName = "" } of page.Domains ?? []) {
      if (!platform.domains.some((one) => one.name === DomainName)) {
        foreign.push(`domain ${DomainName} (${DomainId})`);
        continue;
      }
      const owners = await spaceOwners(inventory, DomainId);
      for await (const apps of clients.pages("sagemaker", "ListApps", { DomainIdEquals: DomainId }, tokens)) {
        for (const { AppName, AppType, UserProfileName, SpaceName, Status } of apps.Apps ?? []) {
          if (Status !== "InService") continue;
          const app = await clients.call("sagemaker", "DescribeApp", {
            DomainId,
            AppName,
            AppType,
            ...(SpaceName ? { SpaceName } : { UserProfileName }),
          });
          const type = app.ResourceSpec?.InstanceType ?? "system";
          if (type === "system") continue;
          const user = UserProfileName ?? owners.get(SpaceName ?? "") ?? "";
          const what = `${AppType} of ${SpaceName ? `space ${SpaceName}` : user}`;
          sheet.compute(what, type, HOURS_A_MONTH, teams.get(user));
          const last = app.LastUserActivityTimestamp ?? app.CreationTime ?? now;
          const idleHours = (now.getTime() - last.getTime()) / 3_600_000;
          if (idleHours >= IDLE_HOURS)
            idle.push({
              app: `${AppType}/${AppName}`,
              user: user || (SpaceName ?? ""),
              domain: DomainName,
              instance: type,
              idleHours,
              usdPerDay: (sheet.table.instances[type]?.usd ?? 0) * 24,
            });
        }
      }
    }
  }
}

async function spaceOwners({ clients }: Inventory, DomainIdEquals: string): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for await (const page of clients.pages("sagemaker", "ListSpaces", { DomainIdEquals }, tokens))
    for (const { SpaceName = "", OwnershipSettingsSummary } of page.Spaces ?? [])
      owners.set(SpaceName, OwnershipSettingsSummary?.OwnerUserProfileName ?? "");
  return owners;
}

export async function readInference(inventory: Inventory): Promise<void> {
  const { clients, sheet } = inventory;
  for await (const page of clients.pages("sagemaker", "ListEndpoints", {}, tokens)) {
    for (const { EndpointName, EndpointArn } of page.Endpoints ?? []) {
      const { Tags } = await clients.call("sagemaker", "ListTags", { ResourceArn: EndpointArn });
      if (!isTeam(inventory, `model endpoint ${EndpointName}`, Tags)) continue;
      const { EndpointConfigName } = await clients.call("sagemaker", "DescribeEndpoint", { EndpointName });
      const { ProductionVariants = [] } = await clients.call("sagemaker", "DescribeEndpointConfig", {
        EndpointConfigName,
      });
      for (const { VariantName, InstanceType, InitialInstanceCount = 1 } of ProductionVariants) {
        const what = `model endpoint ${EndpointName}, ${VariantName}`;
        if (InstanceType)
          sheet.compute(what, InstanceType, InitialInstanceCount * HOURS_A_MONTH, tagOf(Tags, "team"));
        else sheet.unknown.push({ what, why: "serverless: paid by use" });
      }
    }
  }
}

/** Processing and training of the last days, as if every week were like the last. */
export async function readJobs(inventory: Inventory): Promise<void> {
  const { clients, sheet, now } = inventory;
  const CreationTimeAfter = new Date(now.getTime() - JOB_DAYS * 86_400_000);
  const hours = new Map<string, number>();
  const add = (kind: string, type = "", count = 1, seconds = 0, team = "") => {
    const key = `${kind}\0${type}\0${team}`;
    hours.set(key, (hours.get(key) ?? 0) + (count * seconds) / 3600);
  };
  for await (const page of clients.pages("sagemaker", "ListTrainingJobs", { CreationTimeAfter }, tokens)) {
    for (const { TrainingJobName, TrainingJobArn } of page.TrainingJobSummaries ?? []) {
      const { Tags } = await clients.call("sagemaker", "ListTags", { ResourceArn: TrainingJobArn });
      if (!isTeam(inventory, `training job ${TrainingJobName}`, Tags)) continue;
      const job = await clients.call("sagemaker", "DescribeTrainingJob", { TrainingJobName });
      const seconds = job.BillableTimeInSeconds ?? between(job.TrainingStartTime, job.TrainingEndTime ?? now);
      const { InstanceType, InstanceCount } = job.ResourceConfig ?? {};
      add("training", InstanceType, InstanceCount, seconds, tagOf(Tags, "team"));
    }
  }
  for await (const page of clients.pages("sagemaker", "ListProcessingJobs", { CreationTimeAfter }, tokens)) {
    for (const { ProcessingJobName, ProcessingJobArn } of page.ProcessingJobSummaries ?? []) {
      const { Tags } = await clients.call("sagemaker", "ListTags", { ResourceArn: ProcessingJobArn });
      if (!isTeam(inventory, `processing job ${ProcessingJobName}`, Tags)) continue;
      const job = await clients.call("sagemaker", "DescribeProcessingJob", { ProcessingJobName });
      const { InstanceType, InstanceCount } = job.ProcessingResources?.ClusterConfig ?? {};
      const seconds = between(job.ProcessingStartTime, job.ProcessingEndTime ?? now);
      add("processing", InstanceType, InstanceCount, seconds, tagOf(Tags, "team"));
    }
  }
  for (const [key, total] of hours) {
    const [kind = "", type = "", team = ""] = key.split("\0");
    sheet.compute(
      `${kind} jobs, as in the last ${JOB_DAYS} days`,
      type,
      (total / JOB_DAYS) * DAYS_A_MONTH,
      team || undefined,
    );
  }
}

const between = (from: Date | undefined, to: Date) =>
  from ? Math.max(0, (to.getTime() - from.getTime()) / 1000) : 0;

/** What Studio's users make carries a team's tag, or the domain's that SageMaker puts on. */
function isTeam(inventory: Inventory, what: string, tags: Parameters<typeof isOwn>[2]): boolean {
  const team = tagOf(tags, "team");
  if (team && inventory.platform.teams.some((one) => one.name === team)) return true;
  return isOwn(inventory, what, tags);
}
