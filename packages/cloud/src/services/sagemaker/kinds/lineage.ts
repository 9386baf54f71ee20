/** Experiments and lineage. Associations and queries over them are in lineage/. */
import { createHash } from "node:crypto";
import type { Kind } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { notFound, validation } from "../errors.ts";
import { associationsOf, lineageGroupArn, trialsOf } from "../lineage/links.ts";

const missing = (what: string): Pick<Kind, "missing"> => ({
  missing: (arn) => notFound(`${what} '${arn}' does not exist.`),
});
const exists = (what: string): Pick<Kind, "exists"> => ({
  exists: (_, name) => validation(`${what} with name '${name}' already exists.`),
});

/** An entity of lineage must be free of associations before it is deleted. */
const unlinked: Kind["hooks"] = {
  describe: (_, context) => ({ LineageGroupArn: lineageGroupArn(context) }),
  delete(resource, _, context) {
    if (associationsOf(resource.arn, context).length > 0) {
      throw validation(
        `Cannot delete '${resource.arn}' because it has associations. Delete its associations first.`,
      );
    }
  },
};

export const lineageKinds: Kind[] = [
  {
    name: "Experiment",
    type: "experiment",
    id: ["ExperimentName"],
    ...missing("Experiment"),
    ...exists("Experiment"),
    hooks: {
      delete(resource, _, context) {
        const trials = context
          .table<{ input: Fields }>("sagemaker.experiment-trial")
          .list()
          .some((trial) => trial.input.ExperimentName === resource.name);
        if (trials)
          throw validation(`Cannot delete Experiment '${resource.name}' because it has associated Trials.`);
      },
    },
  },
  {
    name: "Trial",
    type: "experiment-trial",
    id: ["TrialName"],
    ...missing("Trial"),
    ...exists("Trial"),
    hooks: {
      create(_, input, context) {
        if (!find(kindNamed("Experiment"), [String(input.ExperimentName)], context)) {
          throw notFound(
            `Experiment '${context.arn("sagemaker", `experiment/${String(input.ExperimentName).toLowerCase()}`)}' does not exist.`,
          );
        }
      },
      delete(resource, _, context) {
        if (trialsOf(undefined, resource.name, context).length > 0) {
          throw validation(
            `Cannot delete Trial '${resource.name}' because it has associated Trial Components.`,
          );
        }
      },
      filters: {
        TrialComponentName: (trial, wanted, context) =>
          trialsOf(String(wanted), undefined, context).includes(trial.name),
      },
    },
  },
  {
    name: "TrialComponent",
    type: "experiment-trial-component",
    id: ["TrialComponentName"],
    byArn: "TrialComponentName",
    ...missing("TrialComponent"),
    ...exists("TrialComponent"),
    hooks: {
      describe: (_, context) => ({ LineageGroupArn: lineageGroupArn(context) }),
      delete(resource, _, context) {
        if (trialsOf(resource.name, undefined, context).length > 0) {
          throw validation(
            `Cannot delete TrialComponent '${resource.name}' because it is associated with a Trial. Disassociate it first.`,
          );
        }
      },
      filters: {
        TrialName: (component, wanted, context) =>
          trialsOf(component.name, undefined, context).includes(String(wanted)),
        ExperimentName: (component, wanted, context) =>
          trialsOf(component.name, undefined, context).some(
            (trial) => find(kindNamed("Trial"), [trial], context)?.input.ExperimentName === wanted,
          ),
        SourceArn: (component, wanted) =>
          (component.fields.Source as Fields | undefined)?.SourceArn === wanted,
      },
    },
  },
  {
    name: "Action",
    type: "action",
    id: ["ActionName"],
    byArn: "ActionName",
    statusField: "Status",
    listOperation: "ListActions",
    ...missing("Action"),
    ...exists("Action"),
    hooks: unlinked,
  },
  {
    name: "Context",
    type: "context",
    id: ["ContextName"],
    byArn: "ContextName",
    ...missing("Context"),
    ...exists("Context"),
    hooks: unlinked,
  },
  {
    name: "Artifact",
    type: "artifact",
    id: ["ArtifactId"],
    newId: (input) => [
      createHash("md5")
        .update(JSON.stringify([input.Source, input.ArtifactType]))
        .digest("hex"),
    ],
    byArn: "ArtifactArn",
    ...missing("Artifact"),
    exists: (arn) => validation(`Artifact with the same source already exists: ${arn}`),
    without: ["Delete"],
    hooks: {
      describe: (resource, context) => ({
        ArtifactName: resource.input.ArtifactName,
        LineageGroupArn: lineageGroupArn(context),
      }),
    },
  },
];
