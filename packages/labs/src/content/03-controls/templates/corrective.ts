/**
 * Row 3.11: a job that breaks the rules is stopped while it starts. SageMaker's own events say that a job's state
 * changed; a function looks at the job, stops it, tells people and writes down what it did.
 */

/** The function. It asks SageMaker for the job instead of trusting the event, and says why it stopped it. */
export const guardCode = `import json, os
import boto3

sagemaker = boto3.client("sagemaker")
sns = boto3.client("sns")
ALLOWED = set(os.environ["INSTANCE_TYPES"].split(","))
SUBNETS = set(os.environ["SUBNETS"].split(","))


def values(node, *names):
    """Every value of members with these names, however deep."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in names:
                yield from value if isinstance(value, list) else [value]
            else:
                yield from values(value, *names)
    elif isinstance(node, list):
        for one in node:
            yield from values(one, *names)


def problems(job):
    found = [f"machine type {one} is not on the list" for one in set(values(job, "InstanceType")) - ALLOWED]
    subnets = set(values(job, "Subnets"))
    if not subnets:
        found.append("no VPC configuration")
    found += [f"subnet {one} is not ours" for one in subnets - SUBNETS]
    return found


KINDS = {
    "SageMaker Training Job State Change": ("TrainingJobName", "describe_training_job", "stop_training_job"),
    "SageMaker Processing Job State Change": ("ProcessingJobName", "describe_processing_job", "stop_processing_job"),
    "SageMaker HyperParameter Tuning Job State Change": (
        "HyperParameterTuningJobName",
        "describe_hyper_parameter_tuning_job",
        "stop_hyper_parameter_tuning_job",
    ),
}


def handler(event, context):
    member, describe, stop = KINDS[event["detail-type"]]
    name = event["detail"][member]
    job = getattr(sagemaker, describe)(**{member: name})
    reasons = problems(job)
    if not reasons:
        return {"job": name, "stopped": False}
    record = {"job": name, "kind": event["detail-type"], "role": next(values(job, "RoleArn"), None), "reasons": reasons}
    try:
        getattr(sagemaker, stop)(**{member: name})
        record["stopped"] = True
    except sagemaker.exceptions.ClientError as error:
        record.update(stopped=False, error=str(error))
    print(json.dumps(record))
    sns.publish(TopicArn=os.environ["TOPIC"], Subject="SageMaker job stopped", Message=json.dumps(record, indent=2))
    return record
`;

const indented = (text: string, spaces: number) =>
  text
    .split("\n")
    .map((line) => (line ? " ".repeat(spaces) + line : line))
    .join("\n")
    .trimEnd();

export const correctiveTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Description: Sagekeep lab 3, corrective control that stops jobs against the rules
Parameters:
  Prefix:
    Type: String
    AllowedPattern: "[a-z][a-z0-9-]{2,30}"
  Subnets:
    Type: CommaDelimitedList
  InstanceTypes:
    Type: CommaDelimitedList
    Default: ml.t3.medium,ml.m5.large
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: alias/aws/sns
  Records:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: !Sub /aws/lambda/\${Prefix}-job-guard
      RetentionInDays: 365
  GuardRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Service: lambda.amazonaws.com }
            Action: sts:AssumeRole
      Policies:
        - PolicyName: stop-jobs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action:
                  - sagemaker:DescribeTrainingJob
                  - sagemaker:StopTrainingJob
                  - sagemaker:DescribeProcessingJob
                  - sagemaker:StopProcessingJob
                  - sagemaker:DescribeHyperParameterTuningJob
                  - sagemaker:StopHyperParameterTuningJob
                Resource:
                  - !Sub arn:\${AWS::Partition}:sagemaker:\${AWS::Region}:\${AWS::AccountId}:training-job/*
                  - !Sub arn:\${AWS::Partition}:sagemaker:\${AWS::Region}:\${AWS::AccountId}:processing-job/*
                  - !Sub arn:\${AWS::Partition}:sagemaker:\${AWS::Region}:\${AWS::AccountId}:hyper-parameter-tuning-job/*
              - Effect: Allow
                Action: sns:Publish
                Resource: !Ref Topic
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt Records.Arn
  Guard:
    Type: AWS::Lambda::Function
    DependsOn: Records
    Properties:
      FunctionName: !Sub "\${Prefix}-job-guard"
      Description: Stops SageMaker jobs on forbidden machines or outside of our subnets
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt GuardRole.Arn
      Timeout: 30
      Environment:
        Variables:
          TOPIC: !Ref Topic
          SUBNETS: !Join [",", !Ref Subnets]
          INSTANCE_TYPES: !Join [",", !Ref InstanceTypes]
      Code:
        ZipFile: |
${indented(guardCode, 10)}
  JobStarts:
    Type: AWS::Events::Rule
    Properties:
      Name: !Sub "\${Prefix}-job-starts"
      Description: A SageMaker job has started
      EventPattern:
        source: [aws.sagemaker]
        detail-type:
          - SageMaker Training Job State Change
          - SageMaker Processing Job State Change
          - SageMaker HyperParameter Tuning Job State Change
        detail:
          $or:
            - TrainingJobStatus: [InProgress]
            - ProcessingJobStatus: [InProgress]
            - HyperParameterTuningJobStatus: [InProgress]
      Targets:
        - Id: guard
          Arn: !GetAtt Guard.Arn
  MayInvoke:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Guard
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !GetAtt JobStarts.Arn
Outputs:
  Topic: { Value: !Ref Topic }
  Records: { Value: !Ref Records }
`;
