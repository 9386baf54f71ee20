/** 0.1: what the labs need of this machine. */
import type { Step } from "../../../model.ts";
import { labFolder } from "../../../runner/folder.ts";
import { checkPrerequisites } from "../../../runner/prerequisites.ts";

export const prerequisites: Step = {
  id: "0.1",
  title: "Is everything there?",
  text: `
**What you need** is Node.js 20 or newer, 300 MB of disk, and nothing else: no AWS account, no container runtime, no
Python. The AWS CLI is welcome: each command is shown in two forms, one for it and one for \`sagekeep call\`, which needs
nothing. They send the same request.

**What has been made so far** lies in your folder: \`platform.yaml\` describes the platform, \`policies/\` will hold the
files you write, \`try/\` the inputs of longer commands, \`progress.json\` how far you are. The local cloud keeps its state
in \`.sagekeep/\`; its access keys are worth nothing elsewhere.

**To stop**, close the terminal; nothing is lost. \`sagekeep cloud stop\` ends the local cloud, the next command starts it
again. To begin from nothing, remove the folder.

**What to see.** The check looks at the machine, then asks the cloud who you are. You are an IAM user, not root: root
cannot assume roles, on AWS or here, and the labs do little else.`,
  hint: "Nothing to write. `sagekeep lab start` shows what was found on this machine, and what to do about what is missing.",
  experiments: () => [
    {
      what: "look at this machine",
      as: "admin",
      attempt: {
        command: "sagekeep lab start",
        run: async () => {
          const missing = (await checkPrerequisites(labFolder())).filter((one) => one.state === "missing");
          return missing.length === 0
            ? { outcome: "allowed" }
            : {
                outcome: "failed",
                message: missing.map((one) => `${one.what}: ${one.found} (${one.help})`).join("; "),
              };
        },
      },
      expect: "allowed",
      why: "what is missing is found by a command, before it is in the way",
    },
    {
      what: "ask who the administrator is",
      as: "admin",
      attempt: { service: "sts", operation: "GetCallerIdentity", input: {} },
      expect: "allowed",
      why: "the answer is an IAM user, which may assume roles; the root user may not",
    },
  ],
};
