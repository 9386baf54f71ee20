/** ExecuteChangeSet: what a change set planned is begun. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { Operation } from "../../../stacks/engine/operation.ts";
import type { StackRecord } from "../../../stacks/engine/records.ts";
import { settled } from "../../../stacks/engine/running.ts";
import type { Handlers } from "../../../wire/types.ts";
import { beginImport, beginUpdate, PATIENCE, runCreate, token } from "../begin.ts";
import { factsOf } from "../definition.ts";
import { invalidChangeSetStatus } from "../errors.ts";
import { deleteNestedSets, demandRoot, executeNestedSets } from "../nested-change-sets.ts";
import { recompile } from "../prepare.ts";
import { checkUpdatable } from "../request-checks.ts";
import { deploymentOptions } from "../stack-options.ts";
import {
  type ChangeSetRecord,
  changeSetNamed,
  changeSets,
  existingStack,
  StackTables,
  stackKey,
} from "../state.ts";

type ChangeSetTriggers = NonNullable<ChangeSetRecord["rollbackTriggers"]>;

export const executeChangeSet = {
  async ExecuteChangeSet(input, context) {
    const tables = new StackTables(context);
    const record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    const stack = existingStack(tables, record.stackId);
    const { ClientRequestToken: given } = input;
    // the same request once more
    if (given !== undefined && stack.token === given && stack.changeSetId === record.id) return {};
    demandRoot(record, "ExecuteChangeSet");
    if (record.status !== "CREATE_COMPLETE") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}]`,
      );
    }
    if (record.executionStatus !== "AVAILABLE") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be executed in its current execution status of [${record.executionStatus}]`,
      );
    }
    const text = tables.templateOf(record.definition);
    const { compiled, imports } = recompile(
      { ...record.definition, text: tables.processedOf(record.definition) },
      factsOf(context, { ...stack, notificationArns: record.definition.notificationArns }),
      context,
      tables,
    );
    const { processed } = tables.templates.get(record.definition.template) ?? {};
    const prepared = {
      text,
      ...(processed === undefined ? {} : { processed }),
      compiled,
      parameters: record.definition.parameters,
      resolved: record.definition.resolved,
      stackOutputs: record.definition.stackOutputs ?? {},
      noEcho: record.definition.noEcho,
      imports,
    };
    const options: Partial<StackRecord> = {
      changeSetId: record.id,
      nested: { ...record.nested },
      ...(record.adopt === undefined ? {} : { adopt: { ...record.adopt } }),
      ...(record.rollbackTriggers === undefined
        ? {}
        : { rollbackTriggers: structuredClone(record.rollbackTriggers) as ChangeSetTriggers }),
      ...deploymentOptions({ DeploymentConfig: record.deploymentConfig }),
      ...(input.DisableRollback === undefined ? {} : { disableRollback: input.DisableRollback }),
      ...(input.RetainExceptOnCreate === undefined
        ? {}
        : { retainExceptOnCreate: input.RetainExceptOnCreate }),
    };
    // the others planned from a stack that will not be the same any more
    for (const [key, one] of changeSets(context).entries({ prefix: `${stackKey(stack.id)}#` })) {
      if (one.id === record.id)
        changeSets(context).update(key, (draft) => void (draft.executionStatus = "EXECUTE_IN_PROGRESS"));
      else if (!one.executionStatus.startsWith("EXECUTE_")) {
        deleteNestedSets(one, context);
        changeSets(context).delete(key);
      }
    }
    executeNestedSets(record, context);
    const definition = { ...record.definition, outputs: stack.outputs, imports: stack.imports };
    if (record.imported) {
      const wanted = { definition, prepared };
      beginImport(context, stack.id, wanted, record.imported, {
        ...options,
        ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
      });
      await settled(context.store, stack.id, PATIENCE);
      return {};
    }
    if (stack.status === "REVIEW_IN_PROGRESS") {
      const operation = new Operation(context, stack.id, { kind: "caller" });
      operation.journal.stackStatus("CREATE_IN_PROGRESS", "User Initiated", (draft) => {
        Object.assign(draft, definition, options);
        if (record.onStackFailure) draft.onFailure = record.onStackFailure;
        draft.updatedAt = context.clock.now();
        token(draft, input.ClientRequestToken);
      });
      runCreate(context, stack.id, prepared);
    } else {
      checkUpdatable(stack);
      beginUpdate(
        context,
        tables,
        stack.id,
        { definition, prepared },
        {
          ...options,
          ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
        },
      );
    }
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },
} satisfies Handlers<typeof Api, CallContext>;
