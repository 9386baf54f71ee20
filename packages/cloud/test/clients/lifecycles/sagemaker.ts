import type { Lifecycle } from "../lifecycle.ts";

export const sagemaker: Lifecycle = {
  service: "sagemaker",
  calls: [
    { call: "ListDomains", expect: { "Domains.0": null } },
    {
      call: "CreateExperiment",
      with: { ExperimentName: "life", Tags: [{ Key: "team", Value: "a" }] },
      keep: { arn: "ExperimentArn" },
    },
    { call: "CreateExperiment", with: { ExperimentName: "life" }, fails: "ValidationException" },
    { call: "CreateTrial", with: { TrialName: "one", ExperimentName: "life" } },
    { call: "ListTags", with: { ResourceArn: "${arn}" }, expect: { "Tags.0.Value": "a" } },
    {
      call: "Search",
      with: {
        Resource: "Experiment",
        SearchExpression: { Filters: [{ Name: "Tags.team", Operator: "Equals", Value: "a" }] },
      },
      expect: { "Results.0.Experiment.ExperimentName": "life" },
    },
    { call: "DeleteTrial", with: { TrialName: "one" } },
    { call: "DeleteExperiment", with: { ExperimentName: "life" } },
    { call: "DescribeExperiment", with: { ExperimentName: "life" }, fails: "ResourceNotFound" },
  ],
};

export const sagemakerRuntime: Lifecycle = {
  service: "sagemaker-runtime",
  calls: [
    {
      call: "InvokeEndpoint",
      with: { EndpointName: "none", Body: { $bytes: "1,2" }, ContentType: "text/csv" },
      fails: "ValidationError",
    },
  ],
};
