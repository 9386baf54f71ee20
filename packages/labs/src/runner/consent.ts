/** Before anything is made on AWS: whose account, which region, what it costs a day, and a clear yes. */
import {
  Clients,
  compilePlatform,
  estimateCost,
  type Io,
  openPlatform,
  ToolkitError,
} from "@sagekeep/toolkit";
import type { LabFolder } from "./folder.ts";

export interface Consent {
  account: string;
  region: string;
  usdPerDay: number;
  /** What is asked, as it is shown. */
  question: string;
}

/** Who the AWS configuration's credentials are. @throws ToolkitError when there are none */
export async function awsAccount(region: string): Promise<string> {
  const clients = new Clients({ kind: "aws", region });
  try {
    const { Account = "", Arn = "" } = await clients.call("sts", "GetCallerIdentity", {});
    if (Arn.endsWith(":root"))
      throw new ToolkitError("LAB0020", "the labs are not played as the root user", {
        help: "use an IAM user or role with administrator rights in an account made for learning",
        exit: "invalid",
      });
    return Account;
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new ToolkitError("LAB0021", `AWS does not know these credentials: ${(error as Error).message}`, {
      help: "sign in first (`aws sso login`, or set AWS_PROFILE); `aws sts get-caller-identity` must work",
      exit: "invalid",
      cause: error,
    });
  }
}

/**
 * Asks. `--yes` is not enough: the account id has to be named as well, so that no script can hit the wrong account.
 * @throws ToolkitError when the named account is another one, or is missing with `yes`
 */
export async function askForAws(
  folder: LabFolder,
  account: string,
  given: { yes?: boolean; account?: string },
  io: Io,
): Promise<Consent | undefined> {
  const file = openPlatform(folder.platform);
  const { region, name } = file.platform;
  if (file.platform.account !== account)
    throw new ToolkitError(
      "LAB0022",
      `\`${folder.platform}\` is for account ${file.platform.account}, the credentials are of account ${account}`,
      { help: "use another folder for this account: `--folder DIR`", exit: "invalid" },
    );
  if (given.account !== undefined && given.account !== account)
    throw new ToolkitError(
      "LAB0023",
      `got \`--account ${given.account}\`, the credentials are of account ${account}`,
      {
        help: "switch to the credentials of the account you mean; nothing was made",
        exit: "invalid",
      },
    );
  if (given.yes && given.account === undefined)
    throw new ToolkitError("LAB0024", "`--yes` on AWS needs the account as well", {
      help: `if you mean this account: \`--yes --account ${account}\``,
      exit: "invalid",
    });
  const { stacks } = await compilePlatform(file, io);
  const { usdPerDay, items, unknown } = estimateCost(file.platform, stacks);
  const dearest = [...items].sort((one, other) => other.usdPerDay - one.usdPerDay).slice(0, 5);
  const question = [
    "the labs will make real resources, which cost money until they are removed",
    `  account   ${account}`,
    `  region    ${region}`,
    `  platform  ${name}: ${stacks.length} CloudFormation stacks`,
    `  cost      about USD ${usdPerDay.toFixed(2)} a day, while people work; of it ${dearest.map((one) => `${one.what} ${one.usdPerDay.toFixed(2)}`).join(", ")}`,
    ...(unknown.length ? [`            without: ${unknown.map((one) => one.what).join(", ")}`] : []),
    `  to stop   sagekeep destroy --target aws`,
  ].join("\n");
  const consent = { account, region, usdPerDay, question };
  if (given.yes) {
    io.emit({ type: "info", text: question });
    return consent;
  }
  return (await io.confirm?.(question, account)) ? consent : undefined;
}
