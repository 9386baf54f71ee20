/** CloudWatch Logs. */
import type * as Logs from "@aws-sdk/client-cloudwatch-logs";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, Check, Service } from "../../service.ts";
import { resumeExports } from "./exports.ts";
import { eventOperations } from "./operations/events.ts";
import { exportTaskOperations } from "./operations/export-tasks.ts";
import { filterOperations } from "./operations/filters.ts";
import { groupOperations } from "./operations/groups.ts";
import { emptyLists } from "./operations/none.ts";
import { queriedGroups, queryNamed, queryOperations, readPointer } from "./operations/queries.ts";
import { queryDefinitionOperations } from "./operations/query-definitions.ts";
import { resourcePolicyOperations } from "./operations/resource-policies.ts";
import { streamOperations } from "./operations/streams.ts";
import { groups, resourcePolicies } from "./state.ts";

interface Input {
  logGroupName?: string;
  logGroupIdentifier?: string;
  resourceIdentifier?: string;
  logStreamName?: string;
  resourceArn?: string;
  tags?: Record<string, string> | string[];
  tagKeys?: string[];
}

const nameOf = (input: Input): string => {
  const text = input.logGroupIdentifier ?? input.resourceIdentifier ?? input.logGroupName ?? "";
  return String(text)
    .replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, "")
    .replace(/:\*$/, "");
};

const tagKeys = (input: Input): Record<string, string | string[]> => {
  const tags = input.tags ?? input.tagKeys;
  if (!tags) return {};
  if (Array.isArray(tags)) return { "aws:TagKeys": tags };
  return {
    "aws:TagKeys": Object.keys(tags),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
};

/** A group with, or without, a stream: `…:log-group:NAME:log-stream:STREAM`, as denials print it. */
const onStream =
  (action: string) =>
  (input: Input, context: ReadContext): Check[] => [
    {
      action: `logs:${action}`,
      resource: context.arn("logs", `log-group:${nameOf(input)}:log-stream:${input.logStreamName ?? ""}`),
      context: tagKeys(input),
    },
  ];
/** Tag operations name the group alone. */
const onArn =
  (action: string) =>
  (input: Input): Check[] => [
    {
      action: `logs:${action}`,
      resource: String(input.resourceArn).replace(/:\*$/, ""),
      context: tagKeys(input),
    },
  ];
const onGroups = (action: string, names: readonly string[], context: ReadContext): Check[] =>
  names.flatMap((logGroupName) => onStream(action)({ logGroupName }, context));
const onAll = (action: string) => (): Check[] => [{ action: `logs:${action}`, resource: "*" }];

const operations = {
  ...groupOperations,
  ...streamOperations,
  ...eventOperations,
  ...filterOperations,
  ...resourcePolicyOperations,
  ...queryOperations,
  ...queryDefinitionOperations,
  ...exportTaskOperations,
  ...emptyLists,
};

const special: AuthorizationTable = {
  CreateLogGroup(input: Input, context) {
    const checks = onStream("CreateLogGroup")(input, context);
    const resource = context.arn("logs", `log-group:${nameOf(input)}`);
    if (input.tags && Object.keys(input.tags).length) {
      checks.push({ action: "logs:TagResource", resource, context: tagKeys(input) });
    }
    return checks;
  },
  TagResource: onArn("TagResource"),
  UntagResource: onArn("UntagResource"),
  ListTagsForResource: onArn("ListTagsForResource"),
  TestMetricFilter: onAll("TestMetricFilter"),
  PutResourcePolicy: onAll("PutResourcePolicy"),
  DescribeResourcePolicies: onAll("DescribeResourcePolicies"),
  DeleteResourcePolicy: onAll("DeleteResourcePolicy"),
  ListLogGroups: onAll("ListLogGroups"),
  StartQuery: (input: Logs.StartQueryCommandInput, context) =>
    onGroups("StartQuery", queriedGroups(input), context),
  GetQueryResults: (input: { queryId: string }, context) =>
    onGroups("GetQueryResults", queryNamed(context, input.queryId).groups, context),
  GetLogRecord: (input: { logRecordPointer: string }, context) =>
    onGroups("GetLogRecord", [readPointer(input.logRecordPointer).group], context),
  ...Object.fromEntries(Object.keys(emptyLists).map((name) => [name, onAll(name)])),
  ListLogGroupsForQuery: onAll("ListLogGroupsForQuery"),
  StopQuery: onAll("StopQuery"),
  DescribeQueries: onAll("DescribeQueries"),
  PutQueryDefinition: onAll("PutQueryDefinition"),
  DescribeQueryDefinitions: onAll("DescribeQueryDefinitions"),
  DeleteQueryDefinition: onAll("DeleteQueryDefinition"),
  DescribeExportTasks: onAll("DescribeExportTasks"),
  CancelExportTask: onAll("CancelExportTask"),
};

export const service: Service<typeof Logs> = {
  key: "cloudwatch-logs",
  actionPrefix: "logs",
  principal: "logs.amazonaws.com",
  regionalPrincipal: true,
  operations,
  authorization: Object.fromEntries(
    Object.keys(operations).map((name) => [name, special[name] ?? onStream(name)]),
  ),
  start: resumeExports,
  resource(arn, context) {
    const match = /^arn:[^:]*:logs:([^:]*):(\d*):log-group:([^:]*)/.exec(arn);
    if (!match) return undefined;
    const [, region = "", account = "", name = ""] = match;
    const home = context.in(account, region);
    const group = groups(home).get(name);
    if (!group) return undefined;
    // Logs' resource policies are the account's and region's: every one counts, as one document
    const policies = resourcePolicies(home).list();
    const statements = policies.flatMap(
      (one) => (JSON.parse(one.document) as { Statement?: unknown[] }).Statement ?? [],
    );
    return {
      account,
      tags: { ...group.tags },
      ...(statements.length && {
        policy: {
          name: policies.map((one) => one.name).join(", "),
          document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
        },
      }),
    };
  },
};
