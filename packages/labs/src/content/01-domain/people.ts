/** Who attempts things in this lab, and the names of what they act on. */
import type { Bench } from "../../bench.ts";

export const scientist = { user: "user1-data-scientist" } as const;
export const engineer = { user: "user2-mlops" } as const;
/** The profile of the second domain. */
export const researcher = { user: "user1" } as const;

/** The domain of the lab, and the one that must stay apart from it. */
export const BANK = "bank";
export const RESEARCH = "research";

export const scientistRole = (bench: Bench) => `${bench.platform}-team-a-data-scientist`;
export const engineerRole = (bench: Bench) => `${bench.platform}-team-b-mlops`;
export const arnOfRole = (bench: Bench, name: string) => `arn:aws:iam::${bench.account}:role/${name}`;
export const sagemakerArn = (bench: Bench, path: string) =>
  `arn:aws:sagemaker:${bench.region}:${bench.account}:${path}`;
