/** The platform's stacks as they are deployed now, those it no longer has included. */
import type { DeployedStack } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";

/** A name ending the compiler gives to stacks. */
const ENDING =
  /^(network|endpoints|keys|access|jobs|logs|guardrails|(persona|domain|team|data)-[A-Za-z0-9-]+)$/;

/**
 * Stacks that carry the platform's tag and a name the compiler gives, with their templates, oldest first.
 * @param names stacks that are the platform's even without the tag: `aws cloudformation deploy` gives none
 */
export async function deployedStacks(
  platform: string,
  clients: Clients,
  names: readonly string[] = [],
): Promise<DeployedStack[]> {
  const known = new Set(names);
  const found: { name: string; created: number }[] = [];
  const tokens = { in: "NextToken", out: "NextToken" };
  for await (const page of clients.pages("cloudformation", "DescribeStacks", {}, tokens)) {
    for (const { StackName = "", StackStatus = "", CreationTime, Tags = [] } of page.Stacks ?? []) {
      if (/^DELETE_COMPLETE|^ROLLBACK_|^REVIEW_|^CREATE_FAILED/.test(StackStatus)) continue;
      const tagged = Tags.some((tag) => tag.Key === "platform" && tag.Value === platform);
      const named = StackName.startsWith(`${platform}-`) && ENDING.test(StackName.slice(platform.length + 1));
      if (known.has(StackName) || (tagged && named))
        found.push({ name: StackName, created: CreationTime?.getTime() ?? 0 });
    }
  }
  found.sort((one, other) => one.created - other.created);
  return Promise.all(
    found.map(async ({ name }) => {
      const { TemplateBody = "{}" } = await clients.call("cloudformation", "GetTemplate", {
        StackName: name,
      });
      return { name, template: JSON.parse(TemplateBody) as DeployedStack["template"] };
    }),
  );
}

/**
 * Make before break: the new template with what it takes away still in it, when another deployed stack uses that.
 * It is deployed first; when nobody uses the rest any more, the new template itself follows.
 * @returns undefined when nothing that is used is taken away
 */
export function transitional(
  name: string,
  next: DeployedStack["template"],
  deployed: readonly DeployedStack[],
): DeployedStack["template"] | undefined {
  const before = deployed.find((stack) => stack.name === name)?.template;
  if (!before) return undefined;
  const others = deployed.filter((stack) => stack.name !== name);
  const left = exportsOf(next);
  const gone = [...exportsOf(before)].filter((one) => !left.has(one));
  const removed = Object.entries(before.Resources).filter(([id]) => !next.Resources[id]);
  const names = removed.flatMap(([, { Properties = {} }]) =>
    Object.entries(Properties).flatMap(([key, value]) =>
      key.endsWith("Name") && typeof value === "string" ? [value] : [],
    ),
  );
  const used = others.some(({ template }) => {
    const imports = importsOf(template);
    const text = JSON.stringify(template);
    return gone.some((one) => imports.includes(one)) || names.some((one) => text.includes(one));
  });
  if (!used) return undefined;
  return {
    ...next,
    Resources: { ...Object.fromEntries(removed), ...next.Resources },
    Outputs: { ...before.Outputs, ...next.Outputs },
  };
}

function exportsOf(template: DeployedStack["template"]): Set<string> {
  return new Set(
    Object.values(template.Outputs ?? {}).flatMap((one) =>
      typeof one.Export?.Name === "string" ? [one.Export.Name] : [],
    ),
  );
}

/** Names in every `Fn::ImportValue`. */
function importsOf(template: DeployedStack["template"]): string[] {
  const found: string[] = [];
  JSON.stringify(template, (key, value: unknown) => {
    if (key === "Fn::ImportValue" && typeof value === "string") found.push(value);
    return value;
  });
  return found;
}
