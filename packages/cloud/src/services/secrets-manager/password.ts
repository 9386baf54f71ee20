/** GetRandomPassword. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
import { randomInt } from "node:crypto";
import type { GetRandomPasswordCommandInput } from "@aws-sdk/client-secrets-manager";
import { invalidParameter } from "./errors.ts";

const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE = LOWERCASE.toUpperCase();
const NUMBERS = "0123456789";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const DEFAULT_LENGTH = 32;

const pick = (from: string): string => from[randomInt(from.length)]!;

/** @throws InvalidParameterException when no password can be like that */
export function randomPassword(input: Partial<GetRandomPasswordCommandInput>): string {
  const length = Number(input.PasswordLength ?? DEFAULT_LENGTH);
  const excluded = new Set(input.ExcludeCharacters ?? "");
  const types = [
    !input.ExcludeLowercase && LOWERCASE,
    !input.ExcludeUppercase && UPPERCASE,
    !input.ExcludeNumbers && NUMBERS,
    !input.ExcludePunctuation && PUNCTUATION,
    input.IncludeSpace && " ",
  ]
    .filter((one): one is string => Boolean(one))
    .map((one) => [...one].filter((character) => !excluded.has(character)).join(""));
  const required = (input.RequireEachIncludedType ?? true) ? types : [];
  if (required.length > length)
    throw invalidParameter("Password length is too short based on the required types.");
  const all = types.join("");
  if (all === "" || required.includes("")) {
    throw invalidParameter("The excluded characters leave no characters of a required type.");
  }
  const characters = required.map(pick);
  while (characters.length < length) characters.push(pick(all));
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other]!, characters[at]!];
  }
  return characters.join("");
}
