/**
 * Lists of what the local cloud has none of. Nobody can make one here, so an empty list is the truth; making one of
 * them answers "not supported".
 */
import type { Operations } from "../operation.ts";

export const noneOperations: Operations = {
  DescribeAnomalyDetectors: () => ({ AnomalyDetectors: [] }),
  DescribeInsightRules: () => ({ InsightRules: [] }),
  ListMetricStreams: () => ({ Entries: [] }),
};
