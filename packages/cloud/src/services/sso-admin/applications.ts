/** Applications (a SageMaker domain is one) and who may use them; tags of everything. */
import { randomBytes } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-sso-admin";
import type { CallContext, ReadContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";
import { conflict, notFound } from "./errors.ts";
import { checkPrincipal, findInstance } from "./instances.ts";
import { page } from "./paging.ts";
import {
  type Application,
  applicationAssignments,
  applications,
  instances,
  permissionSets,
  type Tag,
} from "./state.ts";

function findApplication(arn: string, context: ReadContext): Readonly<Application> {
  const found = applications(context).get(arn);
  if (!found) throw notFound(`Application ${arn}`);
  return found;
}

const shown = (one: Application): Sdk.Application => ({
  ApplicationArn: one.arn,
  ApplicationProviderArn: one.provider,
  Name: one.name,
  ApplicationAccount: one.account,
  InstanceArn: one.instance,
  Status: one.status,
  ...(one.portal !== undefined && { PortalOptions: structuredClone(one.portal) as Sdk.PortalOptions }),
  ...(one.description !== undefined && { Description: one.description }),
  CreatedDate: new Date(one.created),
});

const assignment = (one: { application: string; principalType: string; principalId: string }) => ({
  ApplicationArn: one.application,
  PrincipalId: one.principalId,
  PrincipalType: one.principalType as "USER",
});

function changeTags(arn: string, context: CallContext, edit: (old: Tag[]) => Tag[]): void {
  for (const table of [instances(context), permissionSets(context), applications(context)]) {
    const changed = (table as ReturnType<typeof instances>).update(arn, (draft) => {
      draft.tags = edit(draft.tags);
    });
    if (changed) return;
  }
  throw notFound(`Resource ${arn}`);
}

export const applicationOperations: Handlers<typeof Sdk, CallContext> = {
  CreateApplication(input, context) {
    const instance = findInstance(input.InstanceArn, context);
    const arn = `arn:aws:sso::${context.account}:application/${instance.arn.split("/")[1]}/apl-${randomBytes(8).toString("hex")}`;
    applications(context).put(arn, {
      arn,
      instance: instance.arn,
      provider: input.ApplicationProviderArn,
      name: input.Name,
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.PortalOptions !== undefined && { portal: input.PortalOptions }),
      status: input.Status ?? "ENABLED",
      created: context.now,
      account: context.account,
      assignmentRequired: true,
      tags: (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
    });
    return { ApplicationArn: arn };
  },

  DescribeApplication: ({ ApplicationArn }, context) => shown(findApplication(ApplicationArn, context)),

  ListApplications(input, context) {
    findInstance(input.InstanceArn, context);
    const all = applications(context)
      .list()
      .filter(
        (one) =>
          one.instance === input.InstanceArn &&
          (input.Filter?.ApplicationProvider === undefined ||
            one.provider === input.Filter.ApplicationProvider) &&
          (input.Filter?.ApplicationAccount === undefined || one.account === input.Filter.ApplicationAccount),
      );
    const { items, next } = page(all, input);
    return { Applications: items.map(shown), ...next };
  },

  UpdateApplication(input, context) {
    findApplication(input.ApplicationArn, context);
    applications(context).update(input.ApplicationArn, (draft) => {
      draft.name = input.Name ?? draft.name;
      draft.status = input.Status ?? draft.status;
      if (input.Description !== undefined) draft.description = input.Description;
      if (input.PortalOptions !== undefined) draft.portal = input.PortalOptions;
    });
    return {};
  },

  DeleteApplication({ ApplicationArn }, context) {
    findApplication(ApplicationArn, context);
    for (const [key] of applicationAssignments(context).entries({ prefix: `${ApplicationArn}|` })) {
      applicationAssignments(context).delete(key);
    }
    applications(context).delete(ApplicationArn);
    return {};
  },

  GetApplicationAssignmentConfiguration: ({ ApplicationArn }, context) => ({
    AssignmentRequired: findApplication(ApplicationArn, context).assignmentRequired,
  }),

  PutApplicationAssignmentConfiguration({ ApplicationArn, AssignmentRequired }, context) {
    findApplication(ApplicationArn, context);
    applications(context).update(ApplicationArn, (draft) => {
      draft.assignmentRequired = AssignmentRequired;
    });
    return {};
  },

  CreateApplicationAssignment({ ApplicationArn, PrincipalId, PrincipalType }, context) {
    const application = findApplication(ApplicationArn, context);
    checkPrincipal(findInstance(application.instance, context), PrincipalType, PrincipalId, context);
    const key = `${ApplicationArn}|${PrincipalId}`;
    if (applicationAssignments(context).has(key)) throw conflict("Application assignment already exists.");
    applicationAssignments(context).put(key, {
      application: ApplicationArn,
      principalType: PrincipalType as "USER" | "GROUP",
      principalId: PrincipalId,
    });
    return {};
  },

  DescribeApplicationAssignment({ ApplicationArn, PrincipalId }, context) {
    findApplication(ApplicationArn, context);
    const found = applicationAssignments(context).get(`${ApplicationArn}|${PrincipalId}`);
    if (!found) throw notFound("ApplicationAssignment");
    return assignment(found);
  },

  ListApplicationAssignments(input, context) {
    findApplication(input.ApplicationArn, context);
    const all = applicationAssignments(context).list({ prefix: `${input.ApplicationArn}|` });
    const { items, next } = page(all, input);
    return { ApplicationAssignments: items.map(assignment), ...next };
  },

  ListApplicationAssignmentsForPrincipal(input, context) {
    findInstance(input.InstanceArn, context);
    const all = applicationAssignments(context)
      .list()
      .filter((one) => one.principalId === input.PrincipalId);
    const { items, next } = page(all, input);
    return { ApplicationAssignments: items.map(assignment), ...next };
  },

  DeleteApplicationAssignment({ ApplicationArn, PrincipalId }, context) {
    findApplication(ApplicationArn, context);
    if (!applicationAssignments(context).delete(`${ApplicationArn}|${PrincipalId}`)) {
      throw notFound("ApplicationAssignment");
    }
    return {};
  },

  TagResource({ ResourceArn, Tags }, context) {
    const keys = Tags.map((tag) => tag.Key);
    changeTags(ResourceArn, context, (old) => [
      ...old.filter((tag) => !keys.includes(tag.Key)),
      ...Tags.map(({ Key = "", Value = "" }) => ({ Key, Value })),
    ]);
    return {};
  },

  UntagResource({ ResourceArn, TagKeys }, context) {
    changeTags(ResourceArn, context, (old) => old.filter((tag) => !TagKeys.includes(tag.Key)));
    return {};
  },

  ListTagsForResource(input, context) {
    const row =
      instances(context).get(input.ResourceArn) ??
      permissionSets(context).get(input.ResourceArn) ??
      applications(context).get(input.ResourceArn);
    if (!row) throw notFound(`Resource ${input.ResourceArn}`);
    return { Tags: row.tags.map((tag) => ({ ...tag })) };
  },
};
