/** An error as people read it (STYLE: code, sentence, place, help) and the exit code that goes with it. */
import { exitCodes, ToolkitError } from "@sagekeep/toolkit";
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

function describe(error: unknown): Pick<ToolkitError, "code" | "message" | "help" | "exit"> {
  if (error instanceof ToolkitError) return error;
  if (error instanceof Error && error.name === "AbortError") {
    return { code: "CLI0005", message: "cancelled", help: undefined, exit: "cancelled" };
  }
  if (error instanceof Error && "$metadata" in error) {
    return {
      code: error.name,
      message: error.message,
      help: undefined,
      exit: /denied|unauthorized/i.test(error.name) ? "denied" : "failed",
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "CLI0000", message, help: "set SAGEKEEP_DEBUG=1 to see where", exit: "failed" };
}
