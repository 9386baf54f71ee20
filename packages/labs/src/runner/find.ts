/** Labs and steps by what people call them: `1`, `01-domain`, `domain`; `1.2`, `2`. */
import { closest } from "@sagekeep/policy";
import { ToolkitError } from "@sagekeep/toolkit";
import { labs } from "../content/index.ts";
import type { Lab, Step } from "../model.ts";

/** @throws ToolkitError naming the nearest lab */
export async function labOf(name: string): Promise<Lab> {
  const slugs = labs.map((one) => one.slug);
  const found = labs.find(
    ({ slug }) =>
      slug === name ||
      slug.slice(3) === name ||
      (/^\d{1,2}$/.test(name) && Number(slug.slice(0, 2)) === Number(name)),
  );
  if (found) return found.load();
  const near = closest(name, slugs);
  throw new ToolkitError("LAB0006", `there is no lab \`${name}\``, {
    help: `${near ? `did you mean \`${near}\`? ` : ""}labs: ${slugs.join(", ")}`,
    exit: "invalid",
  });
}

/** @throws ToolkitError naming the steps */
export function stepOf(lab: Lab, name: string): Step {
  const found =
    lab.steps.find(({ id }) => id === name) ?? lab.steps.find(({ id }) => id === `${lab.number}.${name}`);
  if (found) return found;
  throw new ToolkitError("LAB0007", `lab ${lab.slug} has no step \`${name}\``, {
    help: `steps: ${lab.steps.map(({ id }) => id).join(", ")}`,
    exit: "invalid",
  });
}

/** The lab after this one, if any. */
export function labAfter(slug: string): string | undefined {
  const at = labs.findIndex((one) => one.slug === slug);
  return at < 0 ? undefined : labs[at + 1]?.slug;
}
