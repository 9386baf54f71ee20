/**
 * The endpoint services that AWS offers in every region, and its own prefix lists.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
import { createHash } from "node:crypto";

export interface EndpointService {
  /** e.g. `com.amazonaws.us-east-1.s3`. */
  name: string;
  types: readonly ("Gateway" | "Interface" | "GatewayLoadBalancer")[];
  /** Hosts that its private DNS answers for; the first is `PrivateDnsName`. A leading `*.` stands for any label. */
  hosts: readonly string[];
  /** Whether an endpoint takes a policy. */
  policy: boolean;
}

/** Service suffix → host label, where it is not the same. */
const INTERFACE: Record<string, readonly string[] | true> = {
  "access-analyzer": true,
  acm: true,
  "acm-pca": true,
  "airflow.api": ["api.airflow"],
  "airflow.env": ["env.airflow"],
  "airflow.ops": ["ops.airflow"],
  appconfig: true,
  appconfigdata: true,
  "application-autoscaling": true,
  athena: true,
  autoscaling: true,
  backup: true,
  batch: true,
  bedrock: true,
  "bedrock-agent": true,
  "bedrock-agent-runtime": true,
  "bedrock-runtime": true,
  cloudformation: true,
  cloudtrail: true,
  codeartifact: ["codeartifact"],
  "codeartifact.api": ["codeartifact"],
  "codeartifact.repositories": ["*.d.codeartifact"],
  codebuild: true,
  codecommit: true,
  "codeconnections.api": ["codeconnections"],
  codedeploy: true,
  codepipeline: true,
  codewhisperer: true,
  comprehend: true,
  comprehendmedical: true,
  config: true,
  databrew: true,
  datazone: true,
  dynamodb: true,
  ebs: true,
  ec2: true,
  ec2messages: true,
  "ecr.api": ["api.ecr"],
  "ecr.dkr": ["*.dkr.ecr"],
  ecs: true,
  "ecs-agent": ["ecs-a"],
  "ecs-telemetry": ["ecs-t"],
  eks: true,
  "eks-auth": true,
  elasticache: true,
  elasticfilesystem: true,
  elasticloadbalancing: true,
  elasticmapreduce: true,
  "emr-containers": true,
  "emr-serverless": true,
  events: true,
  evidently: true,
  "execute-api": ["*.execute-api"],
  firehose: ["firehose"],
  "kinesis-firehose": ["firehose"],
  "kinesis-streams": ["kinesis", "*.data-kinesis", "*.control-kinesis"],
  forecast: true,
  forecastquery: true,
  fsx: true,
  "git-codecommit": true,
  glue: true,
  "glue.dashboard": ["dashboard.glue"],
  grafana: true,
  guardduty: true,
  "guardduty-data": true,
  imagebuilder: true,
  inspector2: true,
  kendra: ["kendra"],
  kms: true,
  "kms-fips": ["kms-fips"],
  lakeformation: true,
  lambda: true,
  "license-manager": true,
  logs: true,
  macie2: true,
  monitoring: true,
  organizations: true,
  q: true,
  "network-firewall": true,
  oam: true,
  personalize: true,
  pipes: true,
  "pipes-data": true,
  polly: true,
  "private-networks": true,
  ram: true,
  rds: true,
  "rds-data": true,
  redshift: true,
  "redshift-data": true,
  "redshift-serverless": true,
  rekognition: true,
  "resource-groups": true,
  route53resolver: true,
  "s3-outposts": true,
  "sagemaker.api": ["api.sagemaker"],
  "sagemaker.api-fips": ["api-fips.sagemaker"],
  "sagemaker.featurestore-runtime": ["featurestore-runtime.sagemaker"],
  "sagemaker.metrics": ["metrics.sagemaker"],
  "sagemaker.runtime": ["runtime.sagemaker"],
  "sagemaker.runtime-fips": ["runtime-fips.sagemaker"],
  "sagemaker-data-science-assistant": true,
  "sagemaker-geospatial": true,
  scheduler: true,
  secretsmanager: true,
  securityhub: true,
  servicecatalog: true,
  "servicecatalog-appregistry": true,
  servicediscovery: true,
  servicequotas: true,
  ses: ["email-smtp"],
  "email-smtp": ["email-smtp"],
  snowball: true,
  sns: true,
  sqs: true,
  ssm: true,
  "ssm-contacts": true,
  "ssm-incidents": true,
  ssmmessages: true,
  states: true,
  storagegateway: true,
  sts: true,
  "sync-states": true,
  synthetics: true,
  textract: true,
  timestream: true,
  transcribe: true,
  transfer: true,
  translate: true,
  verifiedpermissions: true,
  wafv2: true,
  workspaces: true,
  xray: true,
};

/** Services under `aws.sagemaker.<region>`. */
const SAGEMAKER: Record<string, readonly string[]> = {
  studio: ["*.studio.{region}.sagemaker.aws"],
  notebook: ["*.notebook.{region}.sagemaker.aws"],
  experiments: ["*.experiments.{region}.sagemaker.aws"],
  "partner-app": ["*.partner-app.{region}.sagemaker.aws"],
};

const NO_POLICY = new Set(["ecs-agent", "ecs-telemetry", "guardduty-data", "email-smtp"]);

const cache = new Map<string, EndpointService[]>();

/** Every endpoint service of a region, by name. */
export function endpointServices(region: string): EndpointService[] {
  const known = cache.get(region);
  if (known) return known;
  const suffix = `${region}.amazonaws.com`;
  const services: EndpointService[] = Object.entries(INTERFACE).map(([name, hosts]) => ({
    name: `com.amazonaws.${region}.${name}`,
    types: name === "dynamodb" ? ["Gateway", "Interface"] : ["Interface"],
    hosts: (hosts === true ? [name] : hosts).map((host) => `${host}.${suffix}`),
    policy: !NO_POLICY.has(name),
  }));
  const dkr = services.find((one) => one.name.endsWith(".ecr.dkr"))!;
  const sagemakerApi = services.find((one) => one.name.endsWith(".sagemaker.api"))!;
  services[services.indexOf(dkr)] = { ...dkr, hosts: [...dkr.hosts, `dkr.ecr.${suffix}`] };
  services[services.indexOf(sagemakerApi)] = {
    ...sagemakerApi,
    hosts: [...sagemakerApi.hosts, `sagemaker.${suffix}`],
  };
  services.push(
    {
      name: `com.amazonaws.${region}.s3`,
      types: ["Gateway", "Interface"],
      hosts: [`s3.${suffix}`, `*.s3.${suffix}`, `*.s3-accesspoint.${suffix}`, `*.s3-control.${suffix}`],
      policy: true,
    },
    {
      name: `com.amazonaws.${region}.s3express`,
      types: ["Gateway"],
      hosts: [`s3express-control.${suffix}`, `*.s3express-control.${suffix}`],
      policy: true,
    },
    ...Object.entries(SAGEMAKER).map(([name, hosts]) => ({
      name: `aws.sagemaker.${region}.${name}`,
      types: ["Interface"] as const,
      hosts: hosts.map((host) => host.replace("{region}", region)),
      policy: true,
    })),
  );
  services.sort((a, b) => (a.name < b.name ? -1 : 1));
  cache.set(region, services);
  return services;
}

export const endpointService = (name: string, region: string): EndpointService | undefined =>
  endpointServices(region).find((one) => one.name === name);

export interface AwsPrefixList {
  id: string;
  name: string;
  family: "IPv4" | "IPv6";
  cidrs: readonly string[];
}

/** Address blocks of the gateway services; the local cloud places their public addresses there. */
const PREFIXES: Record<string, readonly string[]> = {
  s3: ["3.5.0.0/19", "16.15.176.0/20", "52.216.0.0/15", "54.231.0.0/16"],
  dynamodb: ["3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/20"],
  s3express: ["16.12.36.0/22"],
};

/** Ids as they are on AWS (public configurations name them); those of other regions are made up. */
const IDS: Record<string, string> = {
  "com.amazonaws.us-east-1.s3": "pl-63a5400a",
  "com.amazonaws.us-east-1.dynamodb": "pl-02cd2c6b",
  "com.amazonaws.us-west-2.s3": "pl-68a54001",
  "com.amazonaws.us-west-2.dynamodb": "pl-00a54069",
  "com.amazonaws.eu-west-1.s3": "pl-6da54004",
  "com.amazonaws.eu-west-1.dynamodb": "pl-6fa54006",
  "com.amazonaws.eu-central-1.s3": "pl-6ea54007",
  "com.amazonaws.eu-central-1.dynamodb": "pl-66a5400f",
};

/** Prefix lists that AWS owns in a region. */
export function awsPrefixLists(region: string): AwsPrefixList[] {
  return Object.entries(PREFIXES).map(([service, cidrs]) => {
    const name = `com.amazonaws.${region}.${service}`;
    return {
      id: IDS[name] ?? `pl-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`,
      name,
      family: "IPv4",
      cidrs,
    };
  });
}

export const isAwsPrefixList = (id: string, region: string): boolean =>
  awsPrefixLists(region).some((one) => one.id === id);
