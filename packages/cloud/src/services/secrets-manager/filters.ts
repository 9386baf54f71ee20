/**
 * Filters of ListSecrets and BatchGetSecretValue. What the documentation calls a prefix match of descriptions and of
 * `all` goes word by word, as moto's authors found on AWS.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html
 */
import type { Filter } from "@aws-sdk/client-secrets-manager";
import { invalidParameter } from "./errors.ts";
import type { Found, Secret } from "./state.ts";

type Match = (text: string, value: string) => boolean;

const startsWith: Match = (text, value) => text.startsWith(value);

const wordsOf = (text: string): string[] =>
  text
    .split(/[\s/\-_+=.@]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());

const byWords: Match = (text, value) => {
  const words = [...wordsOf(text), text.toLowerCase()];
  const wanted = wordsOf(value);
  return wanted.length > 0 && wanted.every((one) => words.some((word) => word.startsWith(one)));
};

interface Attribute {
  readonly texts: (secret: Readonly<Secret>, region: string) => readonly (string | undefined)[];
  readonly matches: Match;
}

const ATTRIBUTES: Record<string, Attribute> = {
  name: { texts: ({ name }) => [name], matches: startsWith },
  description: { texts: ({ description }) => [description], matches: byWords },
  "tag-key": { texts: ({ tags }) => Object.keys(tags ?? {}), matches: startsWith },
  "tag-value": { texts: ({ tags }) => Object.values(tags ?? {}), matches: startsWith },
  "primary-region": { texts: ({ primaryRegion }, region) => [primaryRegion ?? region], matches: startsWith },
  // no other service keeps secrets here
  "owning-service": { texts: () => [], matches: startsWith },
  all: {
    texts: ({ name, description, tags }) => [
      name,
      description,
      ...Object.keys(tags ?? {}),
      ...Object.values(tags ?? {}),
    ],
    matches: byWords,
  },
};

/** Every filter must match; a filter does when one of its values does. @throws InvalidParameterException */
export function filterPredicate(filters: readonly Filter[]): (found: Found) => boolean {
  const tests = filters.map(({ Key, Values }) => {
    const attribute = Key === undefined ? undefined : ATTRIBUTES[Key];
    if (!attribute) throw invalidParameter("Invalid filter key");
    if (!Values?.length) throw invalidParameter(`Invalid filter values for key: ${Key}`);
    return ({ secret, at }: Found) => {
      const texts = attribute.texts(secret, at.region).filter((one) => one !== undefined);
      return Values.some((value) =>
        value.startsWith("!")
          ? texts.length > 0 && !texts.some((text) => attribute.matches(text, value.slice(1)))
          : texts.some((text) => attribute.matches(text, value)),
      );
    };
  });
  return (found) => tests.every((test) => test(found));
}
