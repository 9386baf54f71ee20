import type { Lifecycle } from "../lifecycle.ts";

export const secretsManager: Lifecycle = {
  service: "secrets-manager",
  python: "secretsmanager",
  calls: [
    {
      call: "CreateSecret",
      with: { Name: "team/database", SecretString: "first", Tags: [{ Key: "team", Value: "a" }] },
      keep: { secret: "ARN", first: "VersionId" },
      expect: { Name: "team/database" },
    },
    {
      call: "CreateSecret",
      with: { Name: "team/database", SecretString: "again" },
      fails: "ResourceExistsException",
    },
    {
      call: "PutSecretValue",
      with: { SecretId: "${secret}", SecretString: '{"password":"zweites ü"}' },
      expect: { "VersionStages.0": "AWSCURRENT" },
    },
    {
      call: "GetSecretValue",
      with: { SecretId: "team/database" },
      expect: { ARN: "${secret}", SecretString: '{"password":"zweites ü"}' },
    },
    {
      call: "GetSecretValue",
      with: { SecretId: "team/database", VersionStage: "AWSPREVIOUS" },
      expect: { VersionId: "${first}", SecretString: "first" },
    },
    { call: "DescribeSecret", with: { SecretId: "team/database" }, expect: { "Tags.0.Value": "a" } },
    {
      call: "ListSecrets",
      with: { Filters: [{ Key: "name", Values: ["team/"] }] },
      expect: { "SecretList.0.ARN": "${secret}" },
    },
    {
      call: "GetRandomPassword",
      with: { PasswordLength: 20, ExcludePunctuation: true },
      expect: { RandomPassword: "*" },
    },
    { call: "DeleteSecret", with: { SecretId: "team/database", RecoveryWindowInDays: 7 } },
    { call: "GetSecretValue", with: { SecretId: "team/database" }, fails: "InvalidRequestException" },
    { call: "RestoreSecret", with: { SecretId: "team/database" }, expect: { ARN: "${secret}" } },
    { call: "DeleteSecret", with: { SecretId: "team/database", ForceDeleteWithoutRecovery: true } },
    { call: "GetSecretValue", with: { SecretId: "team/none" }, fails: "ResourceNotFoundException" },
  ],
};
