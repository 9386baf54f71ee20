/**
 * Amazon SageMaker: one table of resource kinds (kinds/) and one generic engine (engine/) serve its API; Studio
 * (studio/) and jobs (jobs/) are code beside the table.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/Welcome.html
 */
import type { CallContext } from "../../context.ts";
import type { Service } from "../../service.ts";
import type { Handlers } from "../../wire/types.ts";
import { rulesFor } from "./authorization/rules.ts";
import { takeUp } from "./jobs/work.ts";
import { knowledge } from "./knowledge.ts";
import { operations } from "./operations.ts";
import { resourceFacts } from "./resource-facts.ts";

type Client = typeof import("@aws-sdk/client-sagemaker");

export const service: Service<Client> = {
  key: "sagemaker",
  actionPrefix: "sagemaker",
  principal: "sagemaker.amazonaws.com",
  // the generic engine's inputs and outputs are checked against the SDK's schemas at run time, not by types
  operations: operations as unknown as Handlers<Client, CallContext>,
  authorization: rulesFor(Object.keys(operations)),
  resource: resourceFacts,
  knowledge,
  start: takeUp,
};
