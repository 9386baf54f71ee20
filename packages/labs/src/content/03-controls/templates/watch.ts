/** Row "also taught": the trail into CloudWatch Logs, an alarm on what is counted there, a dashboard to look at. */

export const WATCH_NAMESPACE = "Sagekeep/Lab3";
export const WATCH_METRIC = "DeniedCalls";

export const watchTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Description: Sagekeep lab 3, the trail in CloudWatch Logs with an alarm and a dashboard
Parameters:
  Prefix:
    Type: String
    AllowedPattern: "[a-z][a-z0-9-]{2,30}"
Resources:
  TrailBucket:
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
  TrailBucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref TrailBucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: [!GetAtt TrailBucket.Arn, !Sub "\${TrailBucket.Arn}/*"]
            Condition: { Bool: { aws:SecureTransport: "false" } }
          - Sid: TrailLooks
            Effect: Allow
            Principal: { Service: cloudtrail.amazonaws.com }
            Action: s3:GetBucketAcl
            Resource: !GetAtt TrailBucket.Arn
            Condition:
              StringEquals:
                aws:SourceArn: !Sub arn:\${AWS::Partition}:cloudtrail:\${AWS::Region}:\${AWS::AccountId}:trail/\${Prefix}-watch
          - Sid: TrailWrites
            Effect: Allow
            Principal: { Service: cloudtrail.amazonaws.com }
            Action: s3:PutObject
            Resource: !Sub "\${TrailBucket.Arn}/AWSLogs/\${AWS::AccountId}/*"
            Condition:
              StringEquals:
                s3:x-amz-acl: bucket-owner-full-control
                aws:SourceArn: !Sub arn:\${AWS::Partition}:cloudtrail:\${AWS::Region}:\${AWS::AccountId}:trail/\${Prefix}-watch
  TrailLog:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: !Sub /sagekeep/\${Prefix}/trail
      RetentionInDays: 30
  TrailRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Service: cloudtrail.amazonaws.com }
            Action: sts:AssumeRole
      Policies:
        - PolicyName: write-the-log
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt TrailLog.Arn
  Trail:
    Type: AWS::CloudTrail::Trail
    DependsOn: TrailBucketPolicy
    Properties:
      TrailName: !Sub "\${Prefix}-watch"
      S3BucketName: !Ref TrailBucket
      IsLogging: true
      IsMultiRegionTrail: true
      IncludeGlobalServiceEvents: true
      EnableLogFileValidation: true
      CloudWatchLogsLogGroupArn: !GetAtt TrailLog.Arn
      CloudWatchLogsRoleArn: !GetAtt TrailRole.Arn
  DeniedCalls:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub "\${Prefix}-denied-calls"
      AlarmDescription: Somebody was denied within the last quarter of an hour.
      Namespace: ${WATCH_NAMESPACE}
      MetricName: ${WATCH_METRIC}
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 3
      DatapointsToAlarm: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardName: !Sub "\${Prefix}-governance"
      DashboardBody: !Sub |
        {"widgets": [
          {"type": "metric", "x": 0, "y": 0, "width": 12, "height": 6,
           "properties": {"title": "Denied calls", "region": "\${AWS::Region}", "stat": "Sum", "period": 300,
                          "metrics": [["${WATCH_NAMESPACE}", "${WATCH_METRIC}"]]}},
          {"type": "alarm", "x": 12, "y": 0, "width": 12, "height": 6,
           "properties": {"title": "Alarms", "alarms": ["\${DeniedCalls.Arn}"]}},
          {"type": "log", "x": 0, "y": 6, "width": 24, "height": 8,
           "properties": {"title": "Who was denied what", "region": "\${AWS::Region}", "view": "table",
                          "query": "SOURCE '/sagekeep/\${Prefix}/trail' | fields @timestamp, userIdentity.sessionContext.sourceIdentity, eventName, errorCode | filter errorCode like /AccessDenied|Unauthorized/ | sort @timestamp desc"}}
        ]}
Outputs:
  Bucket: { Value: !Ref TrailBucket }
  Log: { Value: !Ref TrailLog }
  Trail: { Value: !Sub "\${Prefix}-watch" }
  Alarm: { Value: !Ref DeniedCalls }
  Dashboard: { Value: !Ref Board }
`;
