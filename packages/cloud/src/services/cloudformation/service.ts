/** CloudFormation: stacks and change sets. The engine that makes resources is in ../../stacks. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { Service } from "../../service.ts";
import { authorization } from "./authorization.ts";
import { changeSetOperations } from "./operations/change-sets.ts";
import { describeOperations } from "./operations/describe.ts";
import { driftOperations } from "./operations/drift.ts";
import { eventOperations } from "./operations/events.ts";
import { executeChangeSet } from "./operations/execute-change-set.ts";
import { interventions } from "./operations/interventions.ts";
import { organizationsAccessOperations } from "./operations/organizations-access.ts";
import { stackOperations } from "./operations/stacks.ts";
import { templateOperations } from "./operations/templates.ts";
import { typeOperations } from "./operations/types.ts";
import { resume } from "./resume.ts";
import { stackInstanceOperations } from "./stack-sets/instance-operations.ts";
import { stackSetOperations } from "./stack-sets/operations.ts";
import { StackTables, stackKey } from "./state.ts";

export const service: Service<typeof Api> = {
  key: "cloudformation",
  actionPrefix: "cloudformation",
  principal: "cloudformation.amazonaws.com",
  operations: {
    ...stackOperations,
    ...interventions,
    ...changeSetOperations,
    ...executeChangeSet,
    ...describeOperations,
    ...driftOperations,
    ...templateOperations,
    ...eventOperations,
    ...typeOperations,
    ...organizationsAccessOperations,
    ...stackSetOperations,
    ...stackInstanceOperations,
  },
  authorization,
  resource(arn, context) {
    if (!arn.includes(":stack/")) return undefined;
    const stack = new StackTables(context).stacks.get(stackKey(arn));
    return stack && { account: context.account, tags: { ...stack.tags } };
  },
  start: resume,
};
