/** What the EC2 types have in common. */
import { type Call, list, type Work } from "../declared.ts";
import { keyValues, type TagStyle, tagList } from "../tags.ts";

/** Tags given at creation. */
export function tagSpecifications(kind: string, { p, r }: Work): object[] | undefined {
  const Tags = tagList(p, r);
  return Tags && [{ ResourceType: kind, Tags }];
}

export const ec2Tags: TagStyle = {
  put: ({ id, r }, tags) => r.call("ec2", "CreateTags", { Resources: [id], Tags: keyValues(tags) }),
  system: ({ id, r }, tags) => r.read("ec2", "CreateTags", { Resources: [id], Tags: keyValues(tags) }),
  remove: ({ id, r }, keys) =>
    r.call("ec2", "DeleteTags", { Resources: [id], Tags: keys.map((Key) => ({ Key })) }),
};

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
type Output = any;

/** `DescribeXs({XIds: [id]})` and its first answer. */
export function describeOne(
  op: string,
  ids: string,
  member: string,
): Call & { pick: (output: Output) => Output } {
  return { op, input: ({ id }) => ({ [ids]: [id] }), pick: (output) => output?.[member]?.[0] };
}

/** Adds and removes members of a list property: [added, removed]. */
export function listChanges(before: unknown, after: unknown): [string[], string[]] {
  const old = list(before as never).map(String);
  const now = list(after as never).map(String);
  return [now.filter((one) => !old.includes(one)), old.filter((one) => !now.includes(one))];
}
