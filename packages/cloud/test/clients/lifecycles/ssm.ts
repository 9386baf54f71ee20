import type { Lifecycle } from "../lifecycle.ts";

export const ssm: Lifecycle = {
  service: "ssm",
  calls: [
    { call: "PutParameter", with: { Name: "/p/a", Value: "1", Type: "String" }, expect: { Version: 1 } },
    {
      call: "PutParameter",
      with: { Name: "/p/a", Value: "2", Type: "String" },
      fails: "ParameterAlreadyExists",
    },
    {
      call: "PutParameter",
      with: { Name: "/p/a", Value: "2", Type: "String", Overwrite: true },
      expect: { Version: 2 },
    },
    {
      call: "PutParameter",
      with: { Name: "/p/s", Value: "hidden", Type: "SecureString" },
      expect: { Version: 1 },
    },
    {
      call: "GetParametersByPath",
      with: { Path: "/p", Recursive: true, WithDecryption: true },
      expect: { "Parameters.0.Value": "2", "Parameters.1.Value": "hidden" },
    },
    {
      call: "GetParameter",
      with: { Name: "/p/a:1" },
      expect: { "Parameter.Value": "1", "Parameter.Selector": ":1" },
    },
    {
      call: "DeleteParameters",
      with: { Names: ["/p/a", "/p/s", "/p/none"] },
      expect: { "InvalidParameters.0": "/p/none" },
    },
    { call: "GetParameter", with: { Name: "/p/a" }, fails: "ParameterNotFound" },
  ],
};
