"""SageMaker in the local cloud through boto3, along the rows of the workshop: what an administrator, a data scientist
and an MLOps engineer do, with boto3's own waiters, paginators and typed exceptions as judge.

Arguments: endpoint, access key, secret key. Every check that fails is printed; the exit code says whether one did.
"""
import json
import sys
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret = sys.argv[1:4]
account, region = "111122223333", "us-east-1"
failures = []
checks = 0


def client(service, credentials=None):
    made = credentials or {"AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": None}
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
        config=Config(retries={"max_attempts": 1}, parameter_validation=False),
    )


def check(what, held, found=None):
    global checks
    checks += 1
    if not held:
        failures.append(f"{what}: {found!r}")


def refused(what, code, words, call, **request):
    """The call must fail with the code, and with the words in its message."""
    try:
        answer = call(**request)
    except ClientError as error:
        found = error.response["Error"]
        check(what, found["Code"] == code and words in found["Message"], found)
        return error
    check(what, False, answer)


def allowed(what, call, **request):
    try:
        answer = call(**request)
        check(what, True)
        return answer
    except ClientError as error:
        check(what, False, error.response["Error"])
        return {}


def arn(resource):
    return f"arn:aws:sagemaker:{region}:{account}:{resource}"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


iam, ec2, s3, sm = client("iam"), client("ec2"), client("s3"), client("sagemaker")


def make_role(name, *statements, tags=()):
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com", "AWS": f"arn:aws:iam::{account}:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
    )
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=list(tags))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
    return f"arn:aws:iam::{account}:role/{name}"


# Lab 1: network, roles, a domain, its users.
vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="192.168.0.0/20")["Subnet"]["SubnetId"]
group = ec2.create_security_group(VpcId=vpc, GroupName="studio", Description="studio")["GroupId"]
job_role = make_role("job", allow(["s3:*", "logs:*", "cloudwatch:*", "ec2:*", "kms:*"]))
team = {"Condition": {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}
own = {"Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}
scientist_role = make_role(
    "scientist",
    allow(["sagemaker:List*", "sagemaker:DescribeDomain"]),
    allow(["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob", "sagemaker:AddTags"], **team),
    allow(["sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"], **own),
    allow("iam:PassRole", job_role),
    deny(["sagemaker:CreateUserProfile", "sagemaker:DeleteDomain", "sagemaker:*NotebookInstance*"]),
    deny(
        "sagemaker:CreateProcessingJob",
        Condition={"Null": {"sagemaker:VpcSubnets": "true"}},
    ),
    tags=[{"Key": "team", "Value": "team-a"}],
)

domain_request = {
    "DomainName": "workshop",
    "AuthMode": "IAM",
    "DefaultUserSettings": {"ExecutionRole": scientist_role, "SecurityGroups": [group]},
    "SubnetIds": [subnet],
    "VpcId": vpc,
    "AppNetworkAccessType": "VpcOnly",
    "Tags": [{"Key": "env", "Value": "lab"}],
}
domain = sm.create_domain(**domain_request)
domain_id = domain["DomainArn"].rsplit("/", 1)[1]
check("a domain's ARN", domain["DomainArn"] == arn(f"domain/{domain_id}"), domain)


def until(what, call, wanted, **request):
    import time

    for _ in range(200):
        found = call(**request)
        if found["Status"] == wanted:
            return found
        time.sleep(0.05)
    check(what, False, found["Status"])
    return found


described = until("the domain is in service", sm.describe_domain, "InService", DomainId=domain_id)
check("the domain has a file system", described["HomeEfsFileSystemId"].startswith("fs-"), described)
check("times are times", isinstance(described["CreationTime"], datetime), described["CreationTime"])
check("now is now", abs((datetime.now(timezone.utc) - described["CreationTime"]).total_seconds()) < 300)
check("tags", sm.list_tags(ResourceArn=domain["DomainArn"])["Tags"] == [{"Key": "env", "Value": "lab"}])
refused("no such domain", "ResourceNotFound", "d-abcdefghijkl", sm.describe_domain, DomainId="d-abcdefghijkl")
refused("a domain's id that is none", "ValidationException", "domainId", sm.describe_domain, DomainId="D!")
refused(
    "a domain in IAM mode that names no role",
    "ValidationException",
    "",
    sm.create_domain,
    **{**domain_request, "DomainName": "second", "DefaultUserSettings": {}},
)

for name in ("user1", "user2"):
    profile = sm.create_user_profile(DomainId=domain_id, UserProfileName=name)
    check("a profile's ARN", profile["UserProfileArn"] == arn(f"user-profile/{domain_id}/{name}"), profile)
    until("the profile is in service", sm.describe_user_profile, "InService", DomainId=domain_id, UserProfileName=name)
refused(
    "a profile twice", "ResourceInUse", "user1", sm.create_user_profile, DomainId=domain_id, UserProfileName="user1"
)
names = [p["UserProfileName"] for p in sm.list_user_profiles(DomainIdEquals=domain_id, SortBy="CreationTime")["UserProfiles"]]
check("profiles by time", names == ["user1", "user2"], names)
found = sm.list_user_profiles(DomainIdEquals=domain_id, UserProfileNameContains="2")["UserProfiles"]
check("profiles by name", [p["UserProfileName"] for p in found] == ["user2"], found)
refused(
    "no such profile",
    "ResourceNotFound",
    "nobody",
    sm.describe_user_profile,
    DomainId=domain_id,
    UserProfileName="nobody",
)
url = sm.create_presigned_domain_url(DomainId=domain_id, UserProfileName="user1", ExpiresInSeconds=60)["AuthorizedUrl"]
check("a presigned URL", url.startswith("http") and domain_id in url and "token=" in url, url)
refused(
    "a URL for nobody",
    "ResourceNotFound",
    "",
    sm.create_presigned_domain_url,
    DomainId=domain_id,
    UserProfileName="nobody",
)
refused(
    "a URL that lives too short",
    "ValidationException",
    "expiresInSeconds",
    sm.create_presigned_domain_url,
    DomainId=domain_id,
    UserProfileName="user1",
    ExpiresInSeconds=4,
)
sm.create_app(DomainId=domain_id, UserProfileName="user1", AppType="JupyterServer", AppName="default")
until(
    "the app is in service",
    sm.describe_app,
    "InService",
    DomainId=domain_id,
    UserProfileName="user1",
    AppType="JupyterServer",
    AppName="default",
)
refused("a domain that is used", "ResourceInUse", "", sm.delete_domain, DomainId=domain_id)
refused(
    "a profile with an app", "ResourceInUse", "", sm.delete_user_profile, DomainId=domain_id, UserProfileName="user1"
)

# Labs 1 to 3: the data scientist.
refused(
    "root assumes no role",
    "AccessDenied",
    "Roles may not be assumed by root accounts.",
    client("sts").assume_role,
    RoleArn=scientist_role,
    RoleSessionName="user1",
)
iam.create_user(UserName="admin")
iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=policy(allow("*")))
made = iam.create_access_key(UserName="admin")["AccessKey"]
admin = {**made, "SessionToken": None}
session = client("sts", admin).assume_role(RoleArn=scientist_role, RoleSessionName="user1")["Credentials"]
scientist = client("sagemaker", session)


def job(name, **more):
    return {
        "ProcessingJobName": name,
        "RoleArn": job_role,
        "AppSpecification": {"ImageUri": f"{account}.dkr.ecr.{region}.amazonaws.com/prepare:1"},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
        },
        "NetworkConfig": {"VpcConfig": {"Subnets": [subnet], "SecurityGroupIds": [group]}},
        "Tags": [{"Key": "team", "Value": "team-a"}],
        **more,
    }


def without(request, member):
    return {name: value for name, value in request.items() if name != member}


sentence = f"User: arn:aws:sts::{account}:assumed-role/scientist/user1 is not authorized to perform: sagemaker:"
allowed("describes the domain", scientist.describe_domain, DomainId=domain_id)
refused(
    "creates no profile",
    "AccessDeniedException",
    f"{sentence}CreateUserProfile on resource: {arn(f'user-profile/{domain_id}/eve')} "
    "with an explicit deny in an identity-based policy",
    scientist.create_user_profile,
    DomainId=domain_id,
    UserProfileName="eve",
)
refused("deletes no domain", "AccessDeniedException", "explicit deny", scientist.delete_domain, DomainId=domain_id)
refused("lists no notebooks", "AccessDeniedException", "explicit deny", scientist.list_notebook_instances)
refused(
    "opens nobody's Studio",
    "AccessDeniedException",
    "because no identity-based policy allows the sagemaker:CreatePresignedDomainUrl action",
    scientist.create_presigned_domain_url,
    DomainId=domain_id,
    UserProfileName="user2",
)
check("a job's ARN", allowed("a job in the network", scientist.create_processing_job, **job("mine")).get("ProcessingJobArn") == arn("processing-job/mine"))
refused(
    "a job outside of the network",
    "AccessDeniedException",
    "explicit deny",
    scientist.create_processing_job,
    **without(job("outside"), "NetworkConfig"),
)
refused(
    "a job without tags",
    "AccessDeniedException",
    "no identity-based policy allows",
    scientist.create_processing_job,
    **without(job("untagged"), "Tags"),
)
refused(
    "a job of another team",
    "AccessDeniedException",
    "no identity-based policy allows",
    scientist.create_processing_job,
    **job("other", Tags=[{"Key": "team", "Value": "team-b"}]),
)
refused(
    "a job with a role that may not be passed",
    "AccessDeniedException",
    f"iam:PassRole on resource: {scientist_role}",
    scientist.create_processing_job,
    **job("passed", RoleArn=scientist_role),
)
sm.create_processing_job(**job("theirs", Tags=[{"Key": "team", "Value": "team-b"}]))
allowed("describes its own job", scientist.describe_processing_job, ProcessingJobName="mine")
refused("not another team's", "AccessDeniedException", "", scientist.describe_processing_job, ProcessingJobName="theirs")
refused("nor stops it", "AccessDeniedException", "", scientist.stop_processing_job, ProcessingJobName="theirs")
listed = [one["ProcessingJobName"] for one in scientist.list_processing_jobs()["ProcessingJobSummaries"]]
check("but lists it", sorted(listed) == ["mine", "theirs"], listed)
refused("a job twice", "ResourceInUse", "", sm.create_processing_job, **job("mine"))
refused(
    "no such job",
    "ValidationException",
    "Could not find requested job with name: none",
    sm.describe_processing_job,
    ProcessingJobName="none",
)
refused("a name that is none", "ValidationException", "processingJobName", sm.create_processing_job, **job("no_good!"))
refused(
    "a role that is not there",
    "ValidationException",
    "Could not assume role",
    sm.create_processing_job,
    **job("roleless", RoleArn=f"arn:aws:iam::{account}:role/gone"),
)
sm.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="mine", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
ended = sm.describe_processing_job(ProcessingJobName="mine")
check("the job completed", ended["ProcessingJobStatus"] == "Completed", ended)
check("it ended after it began", ended["ProcessingEndTime"] >= ended["ProcessingStartTime"], ended)

# Tags, search, pages and filters.
job_arn = arn("processing-job/mine")
sm.add_tags(ResourceArn=job_arn, Tags=[{"Key": "phase", "Value": "1"}])
sm.delete_tags(ResourceArn=job_arn, TagKeys=["team"])
check("tags changed", sm.list_tags(ResourceArn=job_arn)["Tags"] == [{"Key": "phase", "Value": "1"}])
refused("tags of nothing", "ValidationException", "", sm.list_tags, ResourceArn=arn("training-job/none"))
for number in range(25):
    sm.create_model(ModelName=f"model-{number:02}", ExecutionRoleArn=job_role, PrimaryContainer={"Image": f"{account}.dkr.ecr.{region}.amazonaws.com/m:1"})
pages = list(sm.get_paginator("list_models").paginate(SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 10}))
seen = [model["ModelName"] for page in pages for model in page["Models"]]
check("pages hold everything once", seen == [f"model-{number:02}" for number in range(25)], seen)
check("pages are as long as asked", [len(page["Models"]) for page in pages] == [10, 10, 5])
found = sm.list_models(NameContains="-1", MaxResults=100)["Models"]
check("models by name", len(found) == 10, found)
found = sm.list_models(CreationTimeAfter=datetime(2100, 1, 1))["Models"]
check("models by time", found == [], found)
refused("a page of no length", "ValidationException", "maxResults", sm.list_models, MaxResults=0)
refused("a page token that is none", "ValidationException", "", sm.list_models, NextToken="nonsense")
found = sm.search(
    Resource="ModelPackageGroup",
    SearchExpression={"Filters": [{"Name": "ModelPackageGroupName", "Operator": "Contains", "Value": "x"}]},
)["Results"]
check("search finds nothing", found == [], found)

# A model package group, a version, its approval.
sm.create_model_package_group(ModelPackageGroupName="churn", Tags=[{"Key": "team", "Value": "team-a"}])
package = sm.create_model_package(
    ModelPackageGroupName="churn",
    ModelApprovalStatus="PendingManualApproval",
    InferenceSpecification={
        "Containers": [{"Image": f"{account}.dkr.ecr.{region}.amazonaws.com/m:1"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    },
)["ModelPackageArn"]
check("a version's ARN", package == arn("model-package/churn/1"), package)
sm.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
check("approved", sm.describe_model_package(ModelPackageName=package)["ModelApprovalStatus"] == "Approved")
found = sm.search(
    Resource="ModelPackageGroup",
    SearchExpression={"Filters": [{"Name": "ModelPackageGroupName", "Operator": "Equals", "Value": "churn"}]},
)["Results"]
check("search finds the group", [r["ModelPackageGroup"]["ModelPackageGroupName"] for r in found] == ["churn"], found)
found = sm.search(Resource="ModelPackageGroup", SearchExpression={"Filters": [{"Name": "Tags.team", "Operator": "Equals", "Value": "team-a"}]})["Results"]
check("search by tag", len(found) == 1, found)
refused("a group with versions", "ConflictException", "", sm.delete_model_package_group, ModelPackageGroupName="churn")
sm.delete_model_package(ModelPackageName=package)
sm.delete_model_package_group(ModelPackageGroupName="churn")
refused("a group that is gone", "ValidationException", "", sm.describe_model_package_group, ModelPackageGroupName="churn")

# An endpoint, its waiters, invocations of the wrong one.
sm.create_endpoint_config(
    EndpointConfigName="config",
    ProductionVariants=[{"VariantName": "all", "ModelName": "model-00", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}],
)
refused(
    "an endpoint without configuration",
    "ValidationException",
    'Could not find endpoint configuration "',
    sm.create_endpoint,
    EndpointName="predict",
    EndpointConfigName="none",
)
sm.create_endpoint(EndpointName="predict", EndpointConfigName="config")
sm.get_waiter("endpoint_in_service").wait(EndpointName="predict", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
refused("an endpoint twice", "ValidationException", "Cannot create already existing endpoint", sm.create_endpoint, EndpointName="predict", EndpointConfigName="config")
refused("no such endpoint", "ValidationException", 'Could not find endpoint "', sm.describe_endpoint, EndpointName="none")
refused("no such model", "ValidationException", 'Could not find model "', sm.describe_model, ModelName="none")
sm.delete_endpoint(EndpointName="predict")
sm.get_waiter("endpoint_deleted").wait(EndpointName="predict", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

# A pipeline.
definition = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Wanted", "Type": "Integer", "DefaultValue": 1}],
    "Steps": [
        {
            "Name": "Prepare",
            "Type": "Processing",
            "Arguments": without(without(job("x"), "ProcessingJobName"), "Tags"),
        }
    ],
}
pipeline = sm.create_pipeline(
    PipelineName="train", PipelineDefinition=json.dumps(definition), ClientRequestToken="t" * 32, RoleArn=job_role
)["PipelineArn"]
iam.put_role_policy(RoleName="job", PolicyName="run", PolicyDocument=policy(allow(["sagemaker:*", "iam:PassRole"])))
execution = sm.start_pipeline_execution(
    PipelineName="train", ClientRequestToken="e" * 32, PipelineParameters=[{"Name": "Wanted", "Value": "2"}]
)["PipelineExecutionArn"]


def execution_status():
    return {"Status": sm.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"]}


until("the pipeline succeeds", execution_status, "Succeeded")
steps = sm.list_pipeline_execution_steps(PipelineExecutionArn=execution)["PipelineExecutionSteps"]
check("its step ran", [(step["StepName"], step["StepStatus"]) for step in steps] == [("Prepare", "Succeeded")], steps)
refused("no such pipeline", "ResourceNotFound", "none", sm.describe_pipeline, PipelineName="none")
refused(
    "a parameter that the pipeline has not",
    "ValidationException",
    "",
    sm.start_pipeline_execution,
    PipelineName="train",
    ClientRequestToken="f" * 32,
    PipelineParameters=[{"Name": "Unknown", "Value": "2"}],
)

# Taking it away, in the order AWS wants.
sm.delete_app(DomainId=domain_id, UserProfileName="user1", AppType="JupyterServer", AppName="default")
until("the app is gone", sm.describe_app, "Deleted", DomainId=domain_id, UserProfileName="user1", AppType="JupyterServer", AppName="default")


def until_gone(what, call, **request):
    import time

    for _ in range(200):
        try:
            call(**request)
        except ClientError as error:
            check(what, error.response["Error"]["Code"] == "ResourceNotFound", error.response["Error"])
            return
        time.sleep(0.05)
    check(what, False, "still there")


for name in ("user1", "user2"):
    sm.delete_user_profile(DomainId=domain_id, UserProfileName=name)
    until_gone("the profile is gone", sm.describe_user_profile, DomainId=domain_id, UserProfileName=name)
sm.delete_domain(DomainId=domain_id, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
until_gone("the domain is gone", sm.describe_domain, DomainId=domain_id)

for failure in failures:
    print(f"FAILED {failure}")
print(f"{checks - len(failures)} of {checks} checks held")
sys.exit(1 if failures else 0)
