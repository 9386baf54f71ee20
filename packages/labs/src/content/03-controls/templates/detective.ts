/** Row 3.10: AWS Config with rules for SageMaker, Access Analyzer, Security Hub, GuardDuty and Macie. */

/** Managed rules: name in the account, AWS's identifier. */
export const CONFIG_RULES: Readonly<Record<string, string>> = {
  "model-in-vpc": "SAGEMAKER_MODEL_IN_VPC",
  "model-isolated": "SAGEMAKER_MODEL_ISOLATION_ENABLED",
  "notebook-no-direct-internet": "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
  "notebook-in-vpc": "SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC",
  "notebook-key": "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
  "endpoint-key": "SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",
  "domain-in-vpc": "SAGEMAKER_DOMAIN_IN_VPC",
  "bucket-logging": "S3_BUCKET_LOGGING_ENABLED",
  "trail-on": "CLOUD_TRAIL_ENABLED",
};

const rule = ([name, identifier]: [string, string]) => `  Rule${name
  .split("-")
  .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  .join("")}:
    Type: AWS::Config::ConfigRule
    DependsOn: Recorder
    Properties:
      ConfigRuleName: !Sub "\${Prefix}-${name}"
      Source: { Owner: AWS, SourceIdentifier: ${identifier} }
`;

export const detectiveTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Description: Sagekeep lab 3, detective controls
Parameters:
  Prefix:
    Type: String
    AllowedPattern: "[a-z][a-z0-9-]{2,30}"
  SecurityHub:
    Type: String
    AllowedValues: ["yes", "no"]
    Default: "yes"
    Description: "no when Security Hub is on already"
  GuardDuty:
    Type: String
    AllowedValues: ["yes", "no"]
    Default: "yes"
    Description: "no when GuardDuty is on already"
  Macie:
    Type: String
    AllowedValues: ["yes", "no"]
    Default: "yes"
    Description: "no when Macie is on already"
Conditions:
  WithSecurityHub: !Equals [!Ref SecurityHub, "yes"]
  WithGuardDuty: !Equals [!Ref GuardDuty, "yes"]
  WithMacie: !Equals [!Ref Macie, "yes"]
Resources:
  ConfigBucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: { SSEAlgorithm: AES256 }
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
  ConfigBucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref ConfigBucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt ConfigBucket.Arn, !Sub "\${ConfigBucket.Arn}/*"]
            Condition: { Bool: { aws:SecureTransport: "false" } }
          - Sid: ConfigLooks
            Effect: Allow
            Principal: { Service: config.amazonaws.com }
            Action: [s3:GetBucketAcl, s3:ListBucket]
            Resource: !GetAtt ConfigBucket.Arn
            Condition: { StringEquals: { aws:SourceAccount: !Ref AWS::AccountId } }
          - Sid: ConfigWrites
            Effect: Allow
            Principal: { Service: config.amazonaws.com }
            Action: s3:PutObject
            Resource: !Sub "\${ConfigBucket.Arn}/AWSLogs/\${AWS::AccountId}/Config/*"
            Condition:
              StringEquals:
                s3:x-amz-acl: bucket-owner-full-control
                aws:SourceAccount: !Ref AWS::AccountId
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties:
      Name: !Sub "\${Prefix}-recorder"
      RoleARN: !Sub arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig
      RecordingGroup:
        AllSupported: false
        ResourceTypes:
          - AWS::SageMaker::Model
          - AWS::SageMaker::NotebookInstance
          - AWS::SageMaker::EndpointConfig
          - AWS::SageMaker::Domain
          - AWS::S3::Bucket
          - AWS::CloudTrail::Trail
  Channel:
    Type: AWS::Config::DeliveryChannel
    DependsOn: ConfigBucketPolicy
    Properties:
      Name: !Sub "\${Prefix}-channel"
      S3BucketName: !Ref ConfigBucket
${Object.entries(CONFIG_RULES).map(rule).join("")}  RuleDomainPrivate:
    Type: AWS::Config::ConfigRule
    DependsOn: Recorder
    Properties:
      ConfigRuleName: !Sub "\${Prefix}-domain-private"
      Description: Studio domains reach the internet through our VPC only
      Scope: { ComplianceResourceTypes: [AWS::SageMaker::Domain] }
      Source:
        Owner: CUSTOM_POLICY
        SourceDetails:
          - EventSource: aws.config
            MessageType: ConfigurationItemChangeNotification
        CustomPolicyDetails:
          PolicyRuntime: guard-2.x.x
          PolicyText: |
            rule domain_is_private when resourceType == "AWS::SageMaker::Domain" {
              configuration.AppNetworkAccessType == "VpcOnly"
            }
  Analyzer:
    Type: AWS::AccessAnalyzer::Analyzer
    Properties:
      AnalyzerName: !Sub "\${Prefix}-external-access"
      Type: ACCOUNT
  Hub:
    Type: AWS::SecurityHub::Hub
    Condition: WithSecurityHub
    Properties:
      EnableDefaultStandards: false
  BestPractices:
    Type: AWS::SecurityHub::Standard
    Condition: WithSecurityHub
    DependsOn: Hub
    Properties:
      StandardsArn: !Sub arn:\${AWS::Partition}:securityhub:\${AWS::Region}::standards/aws-foundational-security-best-practices/v/1.0.0
  Detector:
    Type: AWS::GuardDuty::Detector
    Condition: WithGuardDuty
    Properties:
      Enable: true
      FindingPublishingFrequency: FIFTEEN_MINUTES
      Features:
        - { Name: S3_DATA_EVENTS, Status: ENABLED }
  MacieSession:
    Type: AWS::Macie::Session
    Condition: WithMacie
    Properties:
      Status: ENABLED
      FindingPublishingFrequency: FIFTEEN_MINUTES
Outputs:
  Bucket: { Value: !Ref ConfigBucket }
  AnalyzerArn: { Value: !Ref Analyzer }
`;
