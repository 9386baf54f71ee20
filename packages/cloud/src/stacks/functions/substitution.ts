/** The text of `Fn::Sub`: `${Name}` and `${Name.Attribute}` are variables, `${!Literal}` stays as `${Literal}`. */
import { templateError } from "../template/errors.ts";

const VARIABLE = /\$\{([^}]*)\}/g;

/** Replaces each variable. @throws AwsError when a name has characters that AWS does not allow */
export function substitute(text: string, resolve: (name: string) => string): string {
  return text.replace(VARIABLE, (_, inside: string) => {
    if (inside.startsWith("!")) return `\${${inside.slice(1)}}`;
    return resolve(checked(inside));
  });
}

/** Names of the variables in a text. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, inside = ""]) =>
    inside.startsWith("!") ? [] : [checked(inside)],
  );
}

function checked(inside: string): string {
  const name = inside.trim();
  if (!/^[A-Za-z0-9_.:]+$/.test(name)) {
    throw templateError(
      "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
    );
  }
  return name;
}
