/**
 * Answers that learners may give to lab 2's tasks: other right ones must pass, and each wrong one (too wide, too narrow)
 * must be found by an experiment. Documents are made from the solution's own statements where only a detail differs.
 */

interface Policy {
  Version: string;
  Statement: Record<string, unknown>[];
}

export interface Answer {
  step: string;
  what: string;
  right: boolean;
  /** Makes the answer from a copy of the solution. */
  from(solution: Policy): object;
}

const edit = (change: (statements: Record<string, unknown>[]) => void) => (solution: Policy) => {
  change(solution.Statement);
  return solution;
};
const only =
  (...Statement: object[]) =>
  () => ({ Version: "2012-10-17", Statement });
const sid = (statements: Record<string, unknown>[], name: string) =>
  statements.find((one) => one.Sid === name) as Record<string, unknown>;

const KEY = "sagemaker:VolumeKmsKeyArn";
const jobs = ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"];
const denyJobs = (Condition: object, Action: string | string[] = jobs) => ({
  Effect: "Deny",
  Action,
  Resource: "*",
  Condition,
});

export const answers: Answer[] = [
  {
    step: "2.1",
    what: "two statements, Null and not ours",
    right: true,
    from: only(
      denyJobs({ Null: { [KEY]: "true" } }),
      denyJobs({ Null: { [KEY]: "false" }, StringNotEquals: { [KEY]: "{{keys:jobs}}" } }),
    ),
  },
  {
    step: "2.1",
    what: "only a missing key",
    right: false,
    from: only(denyJobs({ Null: { [KEY]: "true" } })),
  },
  {
    step: "2.1",
    what: "ForAnyValue lets missing keys pass",
    right: false,
    from: only(denyJobs({ "ForAnyValue:StringNotEquals": { [KEY]: "{{keys:jobs}}" } })),
  },
  {
    step: "2.1",
    what: "a pattern that hits jobs without volumes",
    right: false,
    from: only(denyJobs({ ArnNotEquals: { [KEY]: "{{keys:jobs}}" } }, "sagemaker:Create*Job")),
  },
  {
    step: "2.2",
    what: "TLS for objects only",
    right: false,
    from: edit((all) => {
      const one = sid(all, "TlsOnly");
      one.Resource = (one.Resource as string[])[1];
    }),
  },
  {
    step: "2.2",
    what: "IfExists on a negated operator",
    right: false,
    from: edit((all) => {
      const name = "s3:x-amz-server-side-encryption";
      sid(all, "NoOtherEncryption").Condition = { StringNotEqualsIfExists: { [name]: "aws:kms" } };
    }),
  },
  {
    step: "2.2",
    what: "no word about customers' keys",
    right: false,
    from: edit((all) => void all.splice(all.indexOf(sid(all, "NoCustomerKey")), 1)),
  },
  {
    step: "2.3",
    what: "the VPC instead of its endpoint",
    right: true,
    from: edit((all) => {
      sid(all, "OnlyThroughOurEndpoint").Condition = {
        StringNotEqualsIfExists: { "aws:SourceVpc": "{{network:Vpc}}" },
        BoolIfExists: { "aws:ViaAWSService": "false" },
      };
    }),
  },
  {
    step: "2.3",
    what: "S3 not excepted",
    right: false,
    from: edit((all) => {
      const condition = sid(all, "OnlyThroughOurEndpoint").Condition as Record<string, unknown>;
      delete condition.Bool;
    }),
  },
  {
    step: "2.3",
    what: "no fence around the place",
    right: false,
    from: edit((all) => void all.splice(all.indexOf(sid(all, "OnlyThroughOurEndpoint")), 1)),
  },
  {
    step: "2.4",
    what: "the platform's buckets by pattern",
    right: true,
    from: edit((all) => {
      sid(all, "OurBuckets").Resource = [
        "arn:aws:s3:::{{platform}}-*-{{account}}-{{region}}",
        "arn:aws:s3:::{{platform}}-*-{{account}}-{{region}}/*",
      ];
    }),
  },
  {
    step: "2.4",
    what: "the account as principal: its root user only",
    right: false,
    from: edit((all) => {
      sid(all, "OurBuckets").Principal = { AWS: "{{account}}" };
    }),
  },
  {
    step: "2.4",
    what: "any bucket of anybody, by our principals",
    right: false,
    from: edit((all) => {
      sid(all, "OurBuckets").Resource = "*";
    }),
  },
  {
    step: "2.4",
    what: "buckets without their objects",
    right: false,
    from: edit((all) => {
      sid(all, "OurBuckets").Resource = (sid(all, "OurBuckets").Resource as string[]).filter(
        (one) => !one.endsWith("/*"),
      );
    }),
  },
  {
    step: "2.7",
    what: "the endpoint instead of the VPC",
    right: true,
    from: edit((all) => {
      const condition = sid(all, "OnlyOurNetwork").Condition as Record<string, unknown>;
      condition.StringNotEquals = { "aws:SourceVpce": "{{network:endpoint:s3}}" };
    }),
  },
  {
    step: "2.7",
    what: "no way in for break-glass",
    right: false,
    from: edit((all) => {
      delete (sid(all, "OnlyOurNetwork").Condition as Record<string, unknown>).ArnNotEquals;
    }),
  },
  {
    step: "2.7",
    what: "everything denied, management too: the lab must still be able to take it away",
    right: false,
    from: edit((all) => {
      sid(all, "OnlyOurNetwork").Action = "s3:*";
    }),
  },
  {
    step: "2.8",
    what: "any value of the tag",
    right: false,
    from: edit((all) => {
      sid(all, "PublicModels").Condition = { Null: { "s3:ExistingObjectTag/SageMaker": "false" } };
    }),
  },
  {
    step: "2.8",
    what: "writing with the tag in the request",
    right: false,
    from: edit((all) => {
      all.push({
        Effect: "Allow",
        Principal: "*",
        Action: "s3:Put*",
        Resource: "*",
        Condition: { StringEquals: { "s3:RequestObjectTag/SageMaker": "true" } },
      });
    }),
  },
  {
    step: "2.9",
    what: "one statement for everything",
    right: true,
    from: edit((all) => {
      const [list, objects] = all as [Record<string, unknown>, Record<string, unknown>];
      all.splice(0, 2, {
        ...objects,
        Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        Resource: [list.Resource, objects.Resource],
      });
    }),
  },
  {
    step: "2.9",
    what: "the account as principal only delegates",
    right: false,
    from: edit((all) => {
      for (const one of all) one.Principal = { AWS: "arn:aws:iam::{{account}}:root" };
    }),
  },
  {
    step: "02-02",
    what: "allows with conditions, no denial",
    right: true,
    from: edit((all) => {
      const tagOwn = sid(all, "TagOwn");
      const own = { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" };
      tagOwn.Action = ["sagemaker:AddTags", "sagemaker:ListTags"];
      tagOwn.Condition = {
        StringEquals: own,
        StringEqualsIfExists: { "aws:RequestTag/team": "${aws:PrincipalTag/team}" },
      };
      all.push({
        Effect: "Allow",
        Action: "sagemaker:DeleteTags",
        Resource: "*",
        Condition: { StringEquals: own, "ForAllValues:StringNotEquals": { "aws:TagKeys": "team" } },
      });
      for (const name of ["NeverForOthers", "NeverWithoutTeam"]) all.splice(all.indexOf(sid(all, name)), 1);
    }),
  },
  {
    step: "02-02",
    what: "own jobs may be given away",
    right: false,
    from: edit((all) => void all.splice(all.indexOf(sid(all, "NeverForOthers")), 1)),
  },
  {
    step: "02-02",
    what: "own jobs may lose their team",
    right: false,
    from: edit((all) => void all.splice(all.indexOf(sid(all, "NeverWithoutTeam")), 1)),
  },
  {
    step: "02-02",
    what: "nobody tags anything",
    right: false,
    from: edit((all) => void all.splice(all.indexOf(sid(all, "TagOwn")), 1)),
  },
  {
    step: "02-03",
    what: "one domain written in",
    right: false,
    from: edit((all) => {
      const arn = "arn:aws:sagemaker:{{region}}:{{account}}:domain/{{domain:bank:Id}}";
      sid(all, "Use").Condition = { StringEquals: { "aws:ResourceTag/sagemaker:domain-arn": arn } };
    }),
  },
  {
    step: "02-03",
    what: "versions for every group",
    right: false,
    from: edit((all) => {
      sid(all, "Make").Action = ["sagemaker:CreateModelPackage", "sagemaker:CreateModelPackageGroup"];
      sid(all, "Make").Resource = "*";
    }),
  },
  {
    step: "2.17b",
    what: "a listing without a prefix",
    right: false,
    from: edit((all) => {
      delete sid(all, "Folder").Condition;
    }),
  },
  {
    step: "2.17c",
    what: "nobody reads but the maker",
    right: false,
    from: edit((all) => {
      sid(all, "Read").Condition = sid(all, "Change").Condition;
    }),
  },
];
