import type { Lifecycle } from "../lifecycle.ts";

export const serviceCatalog: Lifecycle = {
  service: "service-catalog",
  python: "servicecatalog",
  calls: [
    {
      call: "CreatePortfolio",
      with: { DisplayName: "projects", ProviderName: "platform", IdempotencyToken: "p" },
      keep: { portfolio: "PortfolioDetail.Id" },
    },
    {
      call: "DescribePortfolio",
      with: { Id: "${portfolio}" },
      expect: { "PortfolioDetail.DisplayName": "projects" },
    },
    { call: "SearchProducts", expect: { "ProductViewSummaries.0": null } },
    { call: "DeletePortfolio", with: { Id: "${portfolio}" } },
    { call: "DescribePortfolio", with: { Id: "${portfolio}" }, fails: "ResourceNotFoundException" },
  ],
};

export const serviceQuotas: Lifecycle = {
  service: "service-quotas",
  calls: [
    { call: "ListServiceQuotas", with: { ServiceCode: "vpc" }, expect: { "Quotas.0.ServiceCode": "vpc" } },
    {
      call: "GetServiceQuota",
      with: { ServiceCode: "vpc", QuotaCode: "L-F678F1CE" },
      expect: { "Quota.Value": 5 },
    },
    {
      call: "GetServiceQuota",
      with: { ServiceCode: "vpc", QuotaCode: "L-NONE" },
      fails: "NoSuchResourceException",
    },
  ],
};
