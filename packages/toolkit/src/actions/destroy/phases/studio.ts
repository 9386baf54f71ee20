/**
 * Apps, then spaces, then profiles and domains that no stack holds. Whatever lies in one of the platform's domains is
 * the platform's. https://docs.aws.amazon.com/sagemaker/latest/dg/gs-studio-delete-domain.html
 */
import { ask, type Fields, gone, ifThere, listAll, look, names, until } from "../calls.ts";
import { type Ground, type Item, inTurn, type Phase } from "../item.ts";
import { evidence } from "../ownership.ts";

export interface OwnDomain {
  id: string;
  arn: string;
  name: string;
  why: string;
  /** A stack holds it and removes it. */
  held: boolean;
  status: string;
}

export const studio: Phase = {
  id: "studio",
  title: "close Studio",
  async find(ground) {
    const domains = await look(ground, "SageMaker domains", () => ownDomains(ground));
    const parts = await Promise.all(domains.map((domain) => partsOf(ground, domain)));
    return inTurn(
      parts.flatMap((one) => one.apps),
      parts.flatMap((one) => one.spaces),
      parts.flatMap((one) => one.profiles),
      domains.filter((one) => !one.held).map((one) => domainItem(ground, one)),
    );
  },
};

/** The platform's domains that are there. */
export async function ownDomains({ clients, own }: Ground): Promise<OwnDomain[]> {
  const found: OwnDomain[] = [];
  for (const item of await listAll(clients, "sagemaker", "ListDomains", {}, "Domains")) {
    const id = String(item.DomainId);
    const arn = String(item.DomainArn);
    const resource = own.of("AWS::SageMaker::Domain", id);
    const about = { id, arn, name: String(item.DomainName), status: String(item.Status) };
    if (resource) {
      found.push({ ...about, why: `of stack ${resource.stack}`, held: resource.live });
      continue;
    }
    const description = await ifThere(() => clients.call("sagemaker", "DescribeDomain", { DomainId: id }));
    if (!description) continue;
    const { Tags } = await clients.call("sagemaker", "ListTags", { ResourceArn: arn });
    // its own id in a tag would prove nothing; the roles its users run under do
    const why = evidence(own, names(Tags), { settings: description.DefaultUserSettings });
    if (why) found.push({ ...about, why, held: false });
  }
  return found;
}

interface Parts {
  apps: Item[];
  spaces: Item[];
  profiles: Item[];
}

async function partsOf(ground: Ground, domain: OwnDomain): Promise<Parts> {
  const { clients, own } = ground;
  const list = (operation: string, member: string) =>
    look(ground, `${member} of domain ${domain.name}`, () =>
      listAll(clients, "sagemaker", operation, { DomainIdEquals: domain.id }, member),
    );
  const why = `in domain ${domain.name}`;
  const apps = (await list("ListApps", "Apps"))
    .filter((one) => one.Status !== "Deleted" && one.Status !== "Failed")
    .map((one) => appItem(ground, domain, one, why));
  const spaces = (await list("ListSpaces", "Spaces")).map((one): Item => {
    const input = { DomainId: domain.id, SpaceName: String(one.SpaceName) };
    return {
      kind: "space",
      id: `${domain.name}/${input.SpaceName}`,
      why,
      loses: "the files on its volume",
      remove: () => removeStudio(ground, "Space", input),
    };
  });
  // a profile's name alone does not tell in which domain it is, its stack does
  const stacks = new Set(own.stacks.filter((one) => one.status !== "DELETE_COMPLETE").map((one) => one.name));
  const held = new Set(
    own.resources
      .filter((one) => one.live && one.type === "AWS::SageMaker::UserProfile" && stacks.has(one.stack))
      .flatMap((one) => [one.id, one.id.split("|")[0] ?? "", one.id.split("/").pop() ?? ""]),
  );
  const profiles = (await list("ListUserProfiles", "UserProfiles"))
    .filter((one) => !domain.held || !held.has(String(one.UserProfileName)))
    .map((one): Item => {
      const input = { DomainId: domain.id, UserProfileName: String(one.UserProfileName) };
      return {
        kind: "user profile",
        id: `${domain.name}/${input.UserProfileName}`,
        why,
        remove: () => removeStudio(ground, "UserProfile", input),
      };
    });
  return { apps, spaces, profiles };
}

function appItem(ground: Ground, domain: OwnDomain, app: Fields, why: string): Item {
  const { AppName, AppType, SpaceName, UserProfileName } = app;
  const owner = SpaceName !== undefined ? { SpaceName } : { UserProfileName };
  const input = { DomainId: domain.id, AppName, AppType, ...owner };
  const status = async () =>
    String(
      (await ifThere(() => ask(ground.clients, "sagemaker", "DescribeApp", input)))?.Status ?? "Deleted",
    );
  return {
    kind: "app",
    id: `${domain.name}/${String(SpaceName ?? UserProfileName)}/${String(AppType)}/${String(AppName)}`,
    why,
    loses: "what is in its memory",
    async remove() {
      const now = await status();
      if (now === "Deleted" || now === "Failed") return;
      if (now !== "Deleting") await ask(ground.clients, "sagemaker", "DeleteApp", input);
      await until(ground, `app ${String(AppName)}`, async () =>
        ["Deleted", "Failed"].includes(await status()),
      );
    },
  };
}

async function removeStudio(ground: Ground, kind: "Space" | "UserProfile", input: Fields): Promise<void> {
  const describe = () => ask(ground.clients, "sagemaker", `Describe${kind}`, input);
  if ((await ifThere(describe))?.Status !== "Deleting")
    await ask(ground.clients, "sagemaker", `Delete${kind}`, input);
  await until(ground, `${kind} ${String(input.SpaceName ?? input.UserProfileName)}`, () => gone(describe));
}

function domainItem(ground: Ground, { id, name, why }: OwnDomain): Item {
  const describe = () => ground.clients.call("sagemaker", "DescribeDomain", { DomainId: id });
  return {
    kind: "domain",
    id: `${name} (${id})`,
    why,
    async remove() {
      if ((await ifThere(describe))?.Status !== "Deleting")
        // the file system goes later, with its mount targets, in a step of its own
        await ground.clients.call("sagemaker", "DeleteDomain", {
          DomainId: id,
          RetentionPolicy: { HomeEfsFileSystem: "Retain" },
        });
      await until(ground, `domain ${name}`, () => gone(describe));
    },
  };
}
