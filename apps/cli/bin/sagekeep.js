#!/usr/bin/env node
// Starts the built command line; in a fresh checkout `npm run build` makes it.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/main.js", import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write(
    "error[CLI0001]: sagekeep is not built yet\nhelp: run `npm run build` in the checkout\n",
  );
  process.exit(1);
}
// compiled code is kept between starts where Node can (22.1 and later)
module.enableCompileCache?.();
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
await import(main.href);
