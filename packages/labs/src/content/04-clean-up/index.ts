/** The clean-up: what goes, in which order, what would stay, and how to prove that nothing does. */
import type { Lab } from "../../model.ts";
import { quiz } from "./quiz.ts";
import { perimeter, versions } from "./steps/buckets.ts";
import { leftovers, studio } from "./steps/domain.ts";
import { keyWindow } from "./steps/key.ts";
import { look, ownership } from "./steps/plan.ts";

const docs = "https://docs.aws.amazon.com";

export const lab: Lab = {
  slug: "04-clean-up",
  number: 4,
  title: "Clean-up",
  minutes: 20,
  introduction: `
Everything you made goes with one command, and before it does, this lab shows why that is not as easy as deleting a stack:
what holds what, what stays behind, what is lost, and what must not be touched because it is somebody else's.

The steps only look, or play with small things of their own: **the platform stays**. When you are through:

1. \`sagekeep destroy --dry-run\` shows what would go;
2. \`sagekeep destroy\` asks for the platform's name, then removes it (\`--yes\` in scripts; on AWS the dry run is the
   default, and \`--confirm NAME\` is the only way);
3. if it is interrupted, run it again: the account is its own record, and it goes on where it stopped;
4. at the end it looks at everything in the account and region that costs money and says what is left: nothing of yours,
   or what and why.

Anything it cannot remove is named and does not stop the rest; the exit code then is not zero. What it cannot show to be
the platform's is listed as foreign and never touched. On the local cloud all of it costs nothing, and
\`sagekeep cloud reset\` throws the whole account away.`,
  steps: [look, ownership, perimeter, versions, studio, leftovers, keyWindow],
  quiz,
  furtherReading: [
    {
      title: "Delete an Amazon SageMaker domain",
      url: `${docs}/sagemaker/latest/dg/gs-studio-delete-domain.html`,
    },
    { title: "Deleting AWS KMS keys", url: `${docs}/kms/latest/developerguide/deleting-keys.html` },
    {
      title: "Deleting a general purpose bucket",
      url: `${docs}/AmazonS3/latest/userguide/delete-bucket.html`,
    },
    {
      title: "Deleting object versions from a versioning-enabled bucket",
      url: `${docs}/AmazonS3/latest/userguide/DeletingObjectVersions.html`,
    },
    {
      title: "Delete a stack from the CloudFormation console",
      url: `${docs}/AWSCloudFormation/latest/UserGuide/cfn-console-delete-stack.html`,
    },
  ],
};
