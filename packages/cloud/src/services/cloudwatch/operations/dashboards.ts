/** Dashboards. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import { dashboards, pageOf, tagMap } from "../state.ts";

export const dashboardOperations: Operations = {
  PutDashboard(input, context) {
    try {
      JSON.parse(input.DashboardBody);
    } catch {
      throw new AwsError("DashboardInvalidInputError", "The field DashboardBody must be a valid JSON object");
    }
    const old = dashboards(context).get(input.DashboardName);
    dashboards(context).put(input.DashboardName, {
      name: input.DashboardName,
      body: input.DashboardBody,
      modified: context.now,
      // those of one that exists are changed by TagResource only
      tags: old ? { ...old.tags } : tagMap(input.Tags),
    });
    return { DashboardValidationMessages: [] };
  },
  GetDashboard(input, context) {
    const one = dashboards(context).get(input.DashboardName);
    if (!one) throw noDashboard(input.DashboardName);
    return {
      DashboardArn: dashboardArn(context.account, one.name),
      DashboardName: one.name,
      DashboardBody: one.body,
    };
  },
  ListDashboards(input, context) {
    const known = dashboards(context).list(
      input.DashboardNamePrefix ? { prefix: input.DashboardNamePrefix } : {},
    );
    const { items, next } = pageOf(known, 300, input.NextToken);
    return {
      DashboardEntries: items.map((one) => ({
        DashboardName: one.name,
        DashboardArn: dashboardArn(context.account, one.name),
        LastModified: new Date(one.modified),
        Size: Buffer.byteLength(one.body),
      })),
      NextToken: next,
    };
  },
  DeleteDashboards(input, context) {
    for (const name of input.DashboardNames ?? [])
      if (!dashboards(context).has(name)) throw noDashboard(name);
    for (const name of input.DashboardNames ?? []) dashboards(context).delete(name);
    return {};
  },
};

const dashboardArn = (account: string, name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;
const noDashboard = (name: string) =>
  new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
