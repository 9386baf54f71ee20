import type { Lifecycle } from "../lifecycle.ts";

export const ecr: Lifecycle = {
  service: "ecr",
  calls: [
    {
      call: "CreateRepository",
      with: { repositoryName: "team/image" },
      expect: { "repository.imageTagMutability": "MUTABLE" },
    },
    {
      call: "CreateRepository",
      with: { repositoryName: "team/image" },
      fails: "RepositoryAlreadyExistsException",
    },
    { call: "DescribeRepositories", expect: { "repositories.0.repositoryName": "team/image" } },
    { call: "GetAuthorizationToken", expect: { "authorizationData.0.authorizationToken": "*" } },
    { call: "DeleteRepository", with: { repositoryName: "team/image" } },
    { call: "ListImages", with: { repositoryName: "team/image" }, fails: "RepositoryNotFoundException" },
  ],
};
