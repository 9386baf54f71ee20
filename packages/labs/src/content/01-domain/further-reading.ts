/** AWS's own pages on what lab 1 is about. */
const docs = "https://docs.aws.amazon.com";

export const furtherReading = [
  {
    title: "Connect Studio in a VPC to external resources",
    url: `${docs}/sagemaker/latest/dg/studio-notebooks-and-internet-access.html`,
  },
  {
    title: "Connect to Studio through an interface VPC endpoint",
    url: `${docs}/sagemaker/latest/dg/studio-interface-endpoint.html`,
  },
  {
    title: "CreatePresignedDomainUrl",
    url: `${docs}/sagemaker/latest/APIReference/API_CreatePresignedDomainUrl.html`,
  },
  {
    title: "Amazon SageMaker domain overview",
    url: `${docs}/sagemaker/latest/dg/gs-studio-onboard.html`,
  },
  {
    title: "Give processing jobs access to resources in your VPC",
    url: `${docs}/sagemaker/latest/dg/process-vpc.html`,
  },
  {
    title: "Run training and inference containers in internet-free mode",
    url: `${docs}/sagemaker/latest/dg/mkt-algo-model-internet-free.html`,
  },
  {
    title: "Grant a user permissions to pass a role to an AWS service",
    url: `${docs}/IAM/latest/UserGuide/id_roles_use_passrole.html`,
  },
  {
    title: "AWS global condition context keys",
    url: `${docs}/IAM/latest/UserGuide/reference_policies_condition-keys.html`,
  },
  {
    title: "Policy evaluation logic",
    url: `${docs}/IAM/latest/UserGuide/reference_policies_evaluation-logic.html`,
  },
  {
    title: "Control access to VPC endpoints using endpoint policies",
    url: `${docs}/vpc/latest/privatelink/vpc-endpoints-access.html`,
  },
  { title: "Logging IP traffic using VPC Flow Logs", url: `${docs}/vpc/latest/userguide/flow-logs.html` },
  { title: "NAT gateways", url: `${docs}/vpc/latest/userguide/vpc-nat-gateway.html` },
  {
    title: "Stateful domain list rule groups in AWS Network Firewall",
    url: `${docs}/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html`,
  },
  { title: "What is AWS CodeArtifact?", url: `${docs}/codeartifact/latest/ug/welcome.html` },
];
