/** Notebook instances: network, defaults and the states in which each change is allowed. */
import type { CallContext } from "../../../context.ts";
import { demandTrust } from "../authorization/roles.ts";
import { draft, mergeUpdate, save } from "../engine/change.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { validation } from "../errors.ts";
import { createInterface, deleteInterfaces } from "../network/interfaces.ts";

export const notebookHooks: Hooks = {
  create(resource, input, context) {
    demandTrust(String(input.RoleArn), context);
    checkLifecycle(input.LifecycleConfigName, context);
    if (input.DirectInternetAccess === "Disabled" && input.SubnetId === undefined) {
      throw validation("Cannot set DirectInternetAccess to Disabled without specifying a Subnet");
    }
    if (input.SecurityGroupIds !== undefined && input.SubnetId === undefined) {
      throw validation("SubnetId is required when SecurityGroupIds is specified.");
    }
    resource.fields.Url = `${resource.name.toLowerCase()}-${resource.created.toString(36).slice(-4)}.notebook.${context.region}.sagemaker.aws`;
  },
  created(resource, input, context) {
    if (input.SubnetId === undefined) return;
    const { id } = createInterface(
      {
        subnetId: String(input.SubnetId),
        securityGroupIds: (input.SecurityGroupIds as string[] | undefined) ?? [],
        description: `[DO NOT DELETE] ENI managed by SageMaker for Notebook Instance (${resource.arn})`,
        owner: resource.arn,
      },
      context,
    );
    const made = draft(resource);
    made.fields.NetworkInterfaceId = id;
    save(kindNamed("NotebookInstance"), made, context);
  },
  describe: ({ input }) => ({
    NotebookInstanceLifecycleConfigName: input.LifecycleConfigName,
    SecurityGroups: input.SecurityGroupIds,
    DirectInternetAccess: input.DirectInternetAccess ?? "Enabled",
    RootAccess: input.RootAccess ?? "Enabled",
    VolumeSizeInGB: input.VolumeSizeInGB ?? 5,
    PlatformIdentifier: input.PlatformIdentifier ?? "notebook-al2023-v1",
    InstanceMetadataServiceConfiguration: input.InstanceMetadataServiceConfiguration ?? {
      MinimumInstanceMetadataServiceVersion: "1",
    },
  }),
  update(resource, input, context) {
    checkLifecycle(input.LifecycleConfigName, context);
    const removed: Record<string, string> = {
      DisassociateLifecycleConfig: "LifecycleConfigName",
      DisassociateAcceleratorTypes: "AcceleratorTypes",
      DisassociateDefaultCodeRepository: "DefaultCodeRepository",
      DisassociateAdditionalCodeRepositories: "AdditionalCodeRepositories",
    };
    const kept = Object.fromEntries(Object.entries(input).filter(([name]) => !(name in removed)));
    mergeUpdate(kindNamed("NotebookInstance"))(resource, kept);
    for (const [flag, member] of Object.entries(removed))
      if (input[flag] === true) delete resource.input[member];
  },
  stop: () => {},
  delete(resource) {
    if (!["Stopped", "Failed"].includes(resource.status ?? "")) {
      throw validation(
        `Status (${resource.status}) not in ([Stopped, Failed]). Unable to transition to (Deleting) for Notebook Instance (${resource.arn})`,
      );
    }
  },
  deleted: (resource, _, context) => deleteInterfaces([resource.fields.NetworkInterfaceId], context),
  filters: {
    AdditionalCodeRepositoryEquals: (one, wanted) =>
      ((one.input.AdditionalCodeRepositories as string[] | undefined) ?? []).includes(String(wanted)),
  },
};

function checkLifecycle(name: unknown, context: CallContext): void {
  if (name === undefined) return;
  if (find(kindNamed("NotebookInstanceLifecycleConfig"), [String(name)], context)) return;
  throw validation(
    `Notebook Instance Lifecycle Config ${context.arn("sagemaker", `notebook-instance-lifecycle-config/${String(name).toLowerCase()}`)} does not exist.`,
  );
}

/** Notebook instances name the state that stands in the way in their own words. */
export function demandNotebookState(verb: "start" | "stop", states: string[], target: string) {
  return (input: Fields, context: CallContext): void => {
    const one = require(kindNamed("NotebookInstance"), input, context, `${verb}NotebookInstance`);
    if (states.includes(one.status ?? "")) return;
    throw validation(
      `Status (${one.status}) not in ([${states.join(", ")}]). Unable to transition to (${target}) for Notebook Instance (${one.arn})`,
    );
  };
}

export const notebookGuards: Record<string, (input: Fields, context: CallContext) => void> = {
  StartNotebookInstance: demandNotebookState("start", ["Stopped", "Failed"], "Pending"),
  StopNotebookInstance: demandNotebookState("stop", ["InService"], "Stopping"),
  UpdateNotebookInstance: demandNotebookState("stop", ["Stopped", "Failed"], "Updating"),
};
