/** The command a learner types for a call: made from the call itself, so that text and attempt cannot differ. */
import type { Actor, Attempt, Call, Experiment, From } from "./model.ts";

const names: Partial<Record<Call["service"], string>> = {
  "cloudwatch-logs": "logs",
  s3: "s3api",
  "s3-control": "s3control",
  "service-catalog": "servicecatalog",
  "service-quotas": "service-quotas",
  "sagemaker-runtime": "sagemaker-runtime",
};

/** Commands of the AWS CLI that want a file to write to. */
const OUTPUT_FILE: ReadonlySet<string> = new Set(["s3 GetObject", "sagemaker-runtime InvokeEndpoint"]);

const kebab = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();

const quote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Characters of JSON up to which an input stands in the command itself. */
const SHORT = 100;

/** Whether an input is better kept in a file: it is long, and JSON can say all of it. */
export function wantsFile(attempt: Call | Attempt): boolean {
  if (isAttempt(attempt)) return false;
  const { input } = attempt;
  const values = Object.values(input);
  return (
    JSON.stringify(input).length > SHORT &&
    !("Body" in input) &&
    !values.some((value) => value instanceof Uint8Array || value instanceof Date)
  );
}

/**
 * `aws sagemaker describe-domain --domain-id d-…`.
 * @param file holds the input as JSON: the command names it instead of spelling the input out
 */
export function awsCommand({ service, operation, input }: Call, file?: string): string {
  if (file !== undefined)
    return ["aws", names[service] ?? service, kebab(operation), `--cli-input-json file://${file}`].join(" ");
  const options = Object.entries(input).flatMap(([name, value]) => {
    // an empty body is what the AWS CLI sends without the option, which names a file
    if (value === undefined || (name === "Body" && value === "")) return [];
    if (value === true) return [`--${kebab(name)}`];
    if (value === false) return [`--no-${kebab(name)}`];
    return [`--${kebab(name)} ${quote(typeof value === "object" ? JSON.stringify(value) : String(value))}`];
  });
  const output = OUTPUT_FILE.has(`${service} ${operation}`) ? ["/dev/stdout"] : [];
  return ["aws", names[service] ?? service, kebab(operation), ...options, ...output].join(" ");
}

/** The same without the AWS CLI. */
export function sagekeepCommand(
  { service, operation, input }: Call,
  as: Actor,
  from?: From,
  file?: string,
): string {
  const isUser = typeof as === "object" && "user" in as;
  const who = as === "admin" ? "" : isUser ? ` --user ${as.user}` : ` --role ${as.role}`;
  const where = typeof from === "object" ? from.address : from;
  const place = where && where !== (isUser ? "vpc" : "internet") ? ` --from ${where}` : "";
  return `sagekeep call${who}${place} ${service} ${operation} ${file === undefined ? quote(JSON.stringify(input)) : `file://${file}`}`;
}

/** What to run for an experiment: with the AWS CLI where it can do it, then without. */
export function commandsOf({ attempt, as, from }: Experiment, file?: string): string[] {
  const wrapped = wrap(as, from);
  if (isAttempt(attempt)) {
    const { command } = attempt;
    // the AWS CLI by itself would go to AWS
    return [command.startsWith("aws ") && wrapped !== undefined ? `${wrapped} -- ${command}` : command];
  }
  const own = sagekeepCommand(attempt, as, from, file);
  return wrapped === undefined ? [own] : [`${wrapped} -- ${awsCommand(attempt, file)}`, own];
}

/** What puts a command in somebody's place; nothing does for a user outside, or for another address. */
function wrap(as: Actor, from: From | undefined): string | undefined {
  if (typeof from === "object") return undefined;
  if (as === "admin") return `sagekeep lab run${from === "vpc" ? " --from vpc" : ""}`;
  if ("user" in as) return from === "internet" ? undefined : `sagekeep studio ${as.user}`;
  return `sagekeep lab run --role ${as.role}${from === "vpc" ? " --from vpc" : ""}`;
}

export function isAttempt(attempt: Call | Attempt): attempt is Attempt {
  return "run" in attempt;
}
