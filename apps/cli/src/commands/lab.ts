import type { Register } from "../command.ts";

export const lab: Register = (program) => {
  program.command("lab").description("the workshop");
};
