/** An error as people read it (STYLE: code, sentence, place, help) and the exit code that goes with it. */
import { exitCodes, ToolkitError } from "@sagekeep/toolkit/local";
import pc from "picocolors";

/** Writes the error to stderr, or as JSON to stdout, and returns the exit code. */
export function report(error: unknown, json: boolean): number {
  const { code, message, help, exit } = describe(error);
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: { code, message, ...(help && { help }) } })}\n`);
    return exitCodes[exit];
  }
  const colors = pc.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);
  // diagnostics of a platform file come complete, with their own codes and places
  const head = message.startsWith("error[") ? message : `${colors.red(`error[${code}]`)}: ${message}`;
  process.stderr.write(`${head}\n${help ? `${colors.dim("help")}: ${help}\n` : ""}`);
  if (process.env.SAGEKEEP_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodes[exit];
}

/** What Node says when there is no way to a host. */
const UNREACHABLE = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);

function describe(error: unknown): Pick<ToolkitError, "code" | "message" | "help" | "exit"> {
  if (error instanceof ToolkitError) return error;
  if (error instanceof Error && error.name === "AbortError") {
    return { code: "CLI0005", message: "cancelled", help: undefined, exit: "cancelled" };
  }
  const { code, hostname, address } = error as { code?: string; hostname?: string; address?: string };
  if (error instanceof Error && code !== undefined && UNREACHABLE.has(code)) {
    return {
      code: "CLI0008",
      message: `${hostname ?? address ?? "the service"} cannot be reached: ${error.message}`,
      help: "look at the network and at HTTP(S)_PROXY; without an account, leave `--target aws` out",
      exit: "failed",
    };
  }
  if (error instanceof Error && "$metadata" in error) {
    return {
      code: error.name,
      message: error.message,
      help: undefined,
      exit: /denied|unauthorized/i.test(error.name) ? "denied" : "failed",
    };
  }
  // the SDK found none of: environment, profile, single sign-on, container, instance
  if (error instanceof Error && error.name === "CredentialsProviderError") {
    return {
      code: "CLI0006",
      message: "no AWS credentials were found",
      help: "sign in (`aws sso login`), name a profile (`AWS_PROFILE`) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; without an account, leave `--target aws` out",
      exit: "denied",
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "CLI0000", message, help: "set SAGEKEEP_DEBUG=1 to see where", exit: "failed" };
}
