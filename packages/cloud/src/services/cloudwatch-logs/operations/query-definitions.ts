/** Saved queries. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html */
import { randomUUID } from "node:crypto";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import { missing, pageOf, queryDefinitions } from "../state.ts";

export const queryDefinitionOperations: Operations = {
  PutQueryDefinition(input, context) {
    if (input.queryLanguage !== undefined && input.queryLanguage !== "CWLI") {
      throw new AwsError(
        "UnsupportedOperationException",
        `The query language ${input.queryLanguage} is not supported by the Sagekeep local cloud.`,
      );
    }
    const table = queryDefinitions(context);
    const id = input.queryDefinitionId ?? randomUUID();
    if (input.queryDefinitionId !== undefined && !table.has(id)) throw missing("query definition");
    table.put(id, {
      id,
      name: input.name,
      text: input.queryString,
      groups: [...(input.logGroupNames ?? [])],
      modified: context.now,
    });
    return { queryDefinitionId: id };
  },

  DescribeQueryDefinitions(input, context) {
    const known = queryDefinitions(context)
      .list()
      .filter((one) => one.name.startsWith(input.queryDefinitionNamePrefix ?? ""))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = pageOf(known, input.maxResults ?? 1000, input.nextToken);
    return {
      queryDefinitions: items.map((one) => ({
        queryLanguage: "CWLI" as const,
        queryDefinitionId: one.id,
        name: one.name,
        queryString: one.text,
        lastModified: one.modified,
        logGroupNames: [...one.groups],
      })),
      nextToken: next,
    };
  },

  DeleteQueryDefinition(input, context) {
    if (!queryDefinitions(context).delete(input.queryDefinitionId)) throw missing("query definition");
    return { success: true };
  },
};
