/** What learners leave behind when they stop in the middle, and what other people have in the same account. */
import type { Clients } from "@sagekeep/toolkit";
import type { Bench } from "../../src/bench.ts";
import {
  jobRoleArn,
  processingJob,
  tagList,
  trainingJob,
} from "../../src/content/02-data-protection/requests.ts";
import type { Call } from "../../src/model.ts";

const send = ({ service, operation, input }: Call, clients: Clients) =>
  clients.call(service, operation as never, input as never);

/** Fills the platform with everything its users and its administrator may have made. */
export async function populate(bench: Bench, mark: string): Promise<void> {
  const { admin, platform, account, region } = bench;
  const domain = await bench.domainId("bank");
  const vpc = await bench.exported("network:Vpc");
  const subnet = await bench.exported("network:PrivateSubnet1");
  const jobs = await bench.exported("network:JobGroup");
  const hosting = jobRoleArn(bench, "team-b", "hosting");

  // by the administrator, with the platform's roles
  await admin.call("sagemaker", "CreateApp", {
    DomainId: domain,
    UserProfileName: "user1-data-scientist",
    AppType: "JupyterServer",
    AppName: "default",
  });
  await admin.call("sagemaker", "CreateSpace", {
    DomainId: domain,
    SpaceName: `${mark}-space`,
    OwnershipSettings: { OwnerUserProfileName: "user2-mlops" },
    SpaceSharingSettings: { SharingType: "Private" },
    SpaceSettings: { AppType: "JupyterLab" },
  });
  await admin.call("sagemaker", "CreateApp", {
    DomainId: domain,
    SpaceName: `${mark}-space`,
    AppType: "JupyterLab",
    AppName: "default",
  });
  await admin.call("sagemaker", "CreateUserProfile", { DomainId: domain, UserProfileName: `${mark}-guest` });
  await admin.call("sagemaker", "CreateModel", {
    ModelName: `${mark}-model`,
    ExecutionRoleArn: hosting,
    PrimaryContainer: { Image: `${account}.dkr.ecr.${region}.amazonaws.com/serve:1` },
    Tags: tagList({ team: "team-b" }),
  });
  await admin.call("sagemaker", "CreateEndpointConfig", {
    EndpointConfigName: `${mark}-config`,
    ProductionVariants: [
      {
        VariantName: "all",
        ModelName: `${mark}-model`,
        InstanceType: "ml.m5.large",
        InitialInstanceCount: 1,
      },
    ],
  });
  await admin.call("sagemaker", "CreateEndpoint", {
    EndpointName: `${mark}-endpoint`,
    EndpointConfigName: `${mark}-config`,
  });
  await admin.call("sagemaker", "CreatePipeline", {
    PipelineName: `${mark}-pipeline`,
    ClientRequestToken: `${mark}-pipeline`.padEnd(32, "0"),
    RoleArn: jobRoleArn(bench, "team-b", "pipeline"),
    PipelineDefinition: JSON.stringify({
      Version: "2020-12-01",
      Parameters: [],
      Steps: [{ Name: "end", Type: "Fail", Arguments: { ErrorMessage: "end" } }],
    }),
  });
  await admin
    .call("sagemaker", "CreateModelPackageGroup", {
      ModelPackageGroupName: `${mark}-group`,
      Tags: [
        { Key: "sagemaker:domain-arn", Value: `arn:aws:sagemaker:${region}:${account}:domain/${domain}` },
      ],
    })
    .catch(async () =>
      admin.call("sagemaker", "CreateModelPackageGroup", {
        ModelPackageGroupName: `${mark}-group`,
        Tags: tagList({ platform }),
      }),
    );
  await admin.call("sagemaker", "CreateModelPackage", {
    ModelPackageGroupName: `${mark}-group`,
    InferenceSpecification: {
      Containers: [
        {
          Image: `${account}.dkr.ecr.${region}.amazonaws.com/serve:1`,
          ModelDataUrl: `s3://sagemaker-${region}-${account}/m.tar.gz`,
        },
      ],
      SupportedContentTypes: ["text/csv"],
      SupportedResponseMIMETypes: ["text/csv"],
    },
  });
  await admin.call("sagemaker", "CreateNotebookInstance", {
    NotebookInstanceName: `${mark}-notebook`,
    InstanceType: "ml.t3.medium",
    RoleArn: jobRoleArn(bench, "team-a", "processing"),
    Tags: tagList({ team: "team-a" }),
  });
  await admin.call("sagemaker", "CreateMonitoringSchedule", {
    MonitoringScheduleName: `${mark}-schedule`,
    MonitoringScheduleConfig: {
      ScheduleConfig: { ScheduleExpression: "cron(0 0 ? * * *)" },
      MonitoringJobDefinition: {
        MonitoringInputs: [
          { EndpointInput: { EndpointName: `${mark}-endpoint`, LocalPath: "/opt/ml/processing/input" } },
        ],
        MonitoringOutputConfig: {
          MonitoringOutputs: [
            {
              S3Output: {
                S3Uri: `s3://sagemaker-${region}-${account}/m`,
                LocalPath: "/opt/ml/processing/output",
              },
            },
          ],
        },
        MonitoringResources: {
          ClusterConfig: { InstanceCount: 1, InstanceType: "ml.m5.large", VolumeSizeInGB: 5 },
        },
        MonitoringAppSpecification: { ImageUri: `${account}.dkr.ecr.${region}.amazonaws.com/monitor:1` },
        RoleArn: jobRoleArn(bench, "team-b", "monitoring"),
      },
    },
  });

  // policies by hand, on the platform's roles and the platform's on somebody else's
  const role = `${platform}-team-a-data-scientist`;
  await admin.call("iam", "PutRolePolicy", {
    RoleName: role,
    PolicyName: `${mark}-inline`,
    PolicyDocument: allow("s3:ListAllMyBuckets"),
  });
  await admin.call("iam", "AttachRolePolicy", {
    RoleName: role,
    PolicyArn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  });

  // objects: versions, delete markers, an upload nobody finished; a learner shut everybody out of the bucket
  const data = `${platform}-marketing-${account}-${region}`;
  const loader = await bench.clients({ role: `${platform}-data-loader` });
  for (const Body of ["one", "two", "three"])
    await loader.call("s3", "PutObject", { Bucket: data, Key: "raw/a.csv", Body });
  await loader.call("s3", "CreateMultipartUpload", { Bucket: data, Key: "raw/big.csv" });

  // plumbing in the VPC
  const { SecurityGroups } = await admin.call("ec2", "DescribeSecurityGroups", { GroupIds: [jobs] });
  const { GroupId = "" } = await admin.call("ec2", "CreateSecurityGroup", {
    GroupName: `${mark}-group`,
    Description: "by hand",
    VpcId: SecurityGroups?.[0]?.VpcId ?? "",
  });
  await admin.call("ec2", "AuthorizeSecurityGroupIngress", {
    GroupId: jobs,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId }] }],
  });
  await admin.call("ec2", "CreateNetworkInterface", { SubnetId: subnet, Groups: [GroupId] });
  const { InternetGateway } = await admin.call("ec2", "CreateInternetGateway", {});
  await admin.call("ec2", "AttachInternetGateway", {
    InternetGatewayId: InternetGateway?.InternetGatewayId ?? "",
    VpcId: vpc,
  });
  const address = await admin.call("ec2", "AllocateAddress", { Domain: "vpc" });
  await admin.call("ec2", "CreateNatGateway", { SubnetId: subnet, AllocationId: address.AllocationId ?? "" });
  await admin.call("ec2", "CreateVpcEndpoint", {
    VpcId: vpc,
    VpcEndpointType: "Interface",
    ServiceName: `com.amazonaws.${region}.ec2`,
    SubnetIds: [subnet],
    SecurityGroupIds: [GroupId],
  });

  // by people, in Studio
  const scientist = await bench.clients({ user: "user1-data-scientist" });
  const volumeKey = await bench.exported("keys:jobs");
  await send(
    await processingJob(bench, { name: `${mark}-processing`, volumeKey, tags: { team: "team-a" } }),
    scientist,
  );
  await send(
    await trainingJob(bench, { name: `${mark}-training`, volumeKey, tags: { team: "team-a" } }),
    scientist,
  );
  await scientist.call("sagemaker", "CreateExperiment", {
    ExperimentName: `${mark}-experiment`,
    Tags: [{ Key: "team", Value: "team-a" }],
  });
  await scientist.call("sagemaker", "CreateTrial", {
    TrialName: `${mark}-trial`,
    ExperimentName: `${mark}-experiment`,
    Tags: [{ Key: "team", Value: "team-a" }],
  });
}

const allow = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
