/** Commands quoted in the labs' texts must exist: ours in the command line, AWS's in AWS's own models. */
import { service as catalogued } from "@sagekeep/policy";
import { Clients, serviceKeys, serviceNamed } from "@sagekeep/toolkit";

/** One command of the command line, as the command line tells it. */
export interface KnownCommand {
  name: string;
  /** `--json`, `--folder` */
  options: string[];
  commands: KnownCommand[];
}

/** Commands of the AWS CLI that are no API operations. */
const highLevel: Record<string, readonly string[]> = {
  s3: ["ls", "cp", "mv", "mb", "rb", "rm", "sync", "presign", "website"],
  cloudformation: ["deploy", "package"],
  configure: ["list", "sso", "get", "set", "export-credentials", ""],
  sso: ["login", "logout"],
  logs: ["tail", "start-live-tail"],
  cloudtrail: ["validate-logs"],
  ecr: ["get-login-password"],
};
/** Names of the AWS CLI that differ from IAM's prefixes. */
const prefixes: Record<string, string> = {
  configservice: "config",
  accessanalyzer: "access-analyzer",
  elbv2: "elasticloadbalancing",
  efs: "elasticfilesystem",
  events: "events",
  macie2: "macie2",
};
const squash = (name: string) => name.replaceAll(/[-_]/g, "").toLowerCase();

/** Knows every command there is. Close it. */
export class CommandBook {
  readonly #ours: readonly KnownCommand[];
  readonly #clients = new Clients({ kind: "local", region: "us-east-1", endpoint: "http://127.0.0.1:9" });

  constructor(ours: readonly KnownCommand[]) {
    this.#ours = ours;
  }

  close(): void {
    this.#clients.close();
  }

  /** @returns what is wrong with a command line, or nothing; text that is no command of ours or AWS's passes */
  async check(line: string): Promise<string | undefined> {
    for (const words of commandsIn(line)) {
      const [program, ...rest] = words[0] === "npx" ? words.slice(1) : words;
      const wrong =
        program === "sagekeep"
          ? await this.#checkOurs(rest, line)
          : program === "aws" && rest.length > 0
            ? await this.#checkAws(rest, line)
            : undefined;
      if (wrong) return wrong;
    }
    return undefined;
  }

  async #checkOurs(words: readonly string[], line: string): Promise<string | undefined> {
    let level = this.#ours;
    let found: KnownCommand | undefined;
    let at = 0;
    for (; at < words.length; at++) {
      const next = level.find(({ name }) => name === words[at]);
      if (!next) break;
      found = next;
      level = next.commands;
    }
    const rest = words.slice(at);
    if (!found)
      return words.length === 0 ? undefined : `\`${line}\`: sagekeep has no command \`${words[0]}\``;
    if (level.length > 0 && rest.length > 0 && !/^[-<[…]/.test(rest[0] ?? ""))
      return `\`${line}\`: \`sagekeep ${found.name}\` has no command \`${rest[0]}\``;
    const end = rest.indexOf("--");
    for (const word of end < 0 ? rest : rest.slice(0, end)) {
      const option = /^(--[a-z][\w-]*)/.exec(word)?.[1];
      if (option && option !== "--help" && !found.options.includes(option))
        return `\`${line}\`: \`sagekeep ${found.name}\` has no option \`${option}\``;
    }
    if (end >= 0 && rest[end + 1] === "aws") return this.#checkAws(rest.slice(end + 2), line);
    if (found.name === "call") return this.#checkCall(rest, line);
    return undefined;
  }

  async #checkCall(rest: readonly string[], line: string): Promise<string | undefined> {
    const [service, operation] = positional(rest, [
      "--user",
      "--role",
      "--from",
      "--domain",
      "--body",
      "--out",
      "--state",
    ]);
    if (!service || !operation || /^[A-Z<…]+$/.test(service)) return undefined;
    return (await this.#operationExists(service, operation))
      ? undefined
      : `\`${line}\`: no operation \`${operation}\` of \`${service}\``;
  }

  async #checkAws(words: readonly string[], line: string): Promise<string | undefined> {
    const [service, operation = ""] = words.filter((word) => !word.startsWith("-"));
    if (!service || /^[…<]/.test(service) || /^[…<]/.test(operation)) return undefined;
    if (highLevel[service]?.includes(operation)) return undefined;
    if (operation === "") return undefined;
    if (operation === "wait") return undefined;
    return (await this.#operationExists(service, operation))
      ? undefined
      : `\`${line}\`: the AWS CLI has no \`aws ${service} ${operation}\``;
  }

  async #operationExists(service: string, operation: string): Promise<boolean> {
    if (serviceKeys.some((key) => key === service) || isAlias(service)) {
      const operations = await this.#clients.operations(serviceNamed(service));
      return operations.some((one) => squash(one) === squash(operation));
    }
    // services that the toolkit does not call are known by the actions IAM has for them
    const actions = catalogued(prefixes[service] ?? service)?.actions;
    return actions !== undefined && [...actions.keys()].some((one) => squash(one) === squash(operation));
  }
}

function isAlias(service: string): boolean {
  try {
    serviceNamed(service);
    return true;
  } catch {
    return false;
  }
}

/** Words that are neither options nor their values. */
function positional(words: readonly string[], withValue: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (withValue.includes(word)) at++;
    else if (!word.startsWith("--")) out.push(word);
  }
  return out;
}

/** Commands of a line as words, roughly as a shell sees them: quoted ones stay whole, a chain or pipe is several. */
function commandsIn(line: string): string[][] {
  const words = line.match(/'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"]+/g) ?? [];
  const commands: string[][] = [[]];
  for (const word of words) {
    if (/^(\||&&|\|\||;|>|#)$/.test(word)) {
      commands.push([]);
      continue;
    }
    const ends = /[;,]$/.test(word);
    commands.at(-1)?.push(ends ? word.slice(0, -1) : word);
    if (ends) commands.push([]);
  }
  return commands;
}
