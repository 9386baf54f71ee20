/** Questions of lab 1; each explanation points at the step that shows it. */
import type { Question } from "../../model.ts";

export const quiz: Question[] = [
  {
    question:
      "An administrator's policy allows CreatePresignedDomainUrl with StringEquals aws:SourceVpc = vpc-1. What happens to the call from the internet?",
    choices: [
      "It is denied explicitly, because the VPC is another one",
      "It is not allowed, because aws:SourceVpc is missing and a condition on a missing key is false",
      "It is allowed, because a missing key is ignored",
      "It times out, because there is no path",
    ],
    answer: 1,
    explanation:
      "Only requests through a VPC endpoint carry aws:SourceVpc. With StringEquals in an Allow a missing key means no match, so nothing allows the call: an implicit denial, at once. With StringEqualsIfExists it would have been allowed.",
    step: "1.2",
  },
  {
    question:
      "Why does a policy that allows Studio only from your office's aws:SourceIp shut out your own VPC?",
    choices: [
      "Because the office's address is not in the VPC's range",
      "Because private addresses must be written with a smaller prefix",
      "Because through a VPC endpoint the key aws:SourceIp is absent",
      "Because IpAddress cannot be used with SageMaker",
    ],
    answer: 2,
    explanation:
      "aws:SourceIp holds the public address AWS sees. Through an endpoint there is none; the private address is in aws:VpcSourceIp. Allow the VPC in a statement of its own.",
    step: "1.4",
  },
  {
    question:
      "A presigned URL was made with ExpiresInSeconds=300 and posted in a chat after its owner had opened it. A colleague opens it a minute later. What does the colleague get?",
    choices: [
      "The owner's Studio, for the rest of the five minutes",
      "The owner's Studio for up to twelve hours",
      "Nothing: a URL opens once",
      "The colleague's own Studio",
    ],
    answer: 2,
    explanation:
      "The token is used up by the first opening. Had the owner not opened it, the colleague would have become the owner: keep the life short and bind it to a network.",
    step: "1.5",
  },
  {
    question:
      "What keeps Anna from opening her colleague's profile through the sign-in role that both may assume?",
    choices: [
      "The role's maximum session duration",
      "Studio asks for a password",
      "The role's policy allows only the profile whose name is the session's tag `user`, and the trust policy lets her pass only her own",
      "Security groups of the other profile",
    ],
    answer: 2,
    explanation:
      "The action is authorized on the user profile. A variable in the resource makes one policy serve everybody, and it is only as good as the rule about who may set the tag.",
    step: "1.6",
  },
  {
    question:
      "From Studio, `aws ec2 describe-vpc-endpoints` hangs for a minute and then fails. `sagekeep explain` says allowed. What is missing?",
    choices: [
      "A statement in the endpoint's policy",
      "A path: EC2 has no endpoint in this VPC, and there is no NAT",
      "The permission iam:PassRole",
      "A resource policy at EC2",
    ],
    answer: 1,
    explanation:
      "Policies answer within milliseconds. Silence comes from routes, security groups or network ACLs.",
    step: "1.8",
  },
  {
    question: "Why are notebook instances denied explicitly instead of just not being allowed?",
    choices: [
      "An explicit denial is faster to evaluate",
      "No later Allow, in whatever policy, can override an explicit Deny",
      "Because AWS requires it for domains in VpcOnly mode",
      "Because List actions cannot be left out otherwise",
    ],
    answer: 1,
    explanation:
      "What must hold after the next mistake is written as a Deny. Notebook instances have a network and an identity of their own, outside of the domain's settings.",
    step: "1.9",
  },
  {
    question:
      "You add a NAT gateway, its address, its public subnet and the default route of the private subnets. `curl http://…` from Studio still hangs, https works. What did you forget?",
    choices: [
      "The security group of Studio lets out port 443 and not port 80",
      "The endpoint policy of S3",
      "A second NAT gateway",
      "The private DNS of the NAT gateway",
    ],
    answer: 0,
    explanation:
      "The five things a way out takes: internet gateway, public subnet with a route to it, NAT gateway with an address, default route of the private subnets, and a rule of the group that lets the port out.",
    step: "1.13",
  },
  {
    question: "Why should `.amazonaws.com` not be on the firewall's list of allowed domains?",
    choices: [
      "Because AWS forbids it",
      "Because the name of every bucket of every AWS customer ends with it",
      "Because services are reached over IPv6",
      "Because the firewall cannot read TLS",
    ],
    answer: 1,
    explanation:
      "An entry with a leading dot admits every host below it, also a bucket in an attacker's account. AWS services belong on VPC endpoints, whose policies know accounts and resources.",
    step: "1.14",
  },
  {
    question:
      "The ssm endpoint's policy admits only the MLOps role; the scientist's own policy allows ssm:GetParameter. Who can read the parameter from Studio?",
    choices: [
      "Both: the role's policy is more specific",
      "Only the MLOps engineer: a request must be allowed by the caller's policies and by the endpoint's",
      "Only the scientist",
      "Nobody: endpoint policies cannot name roles",
    ],
    answer: 1,
    explanation:
      "An endpoint policy grants nothing and overrides nothing. It is one more gate, and it says nothing of requests that take another way.",
    step: "1.16",
  },
  {
    question:
      "Studio runs in a VPC without internet. A user starts a processing job without network configuration. Where does the job run?",
    choices: [
      "In the domain's VPC: it inherits the setting",
      "Nowhere: SageMaker refuses it by default",
      "In SageMaker's own network, with a way to the internet, unless a policy forbids the request",
      "In the account's default VPC",
    ],
    answer: 2,
    explanation:
      "A job takes its network from its own request. Studio's settings are Studio's; lab 3 writes the control that demands subnets and groups.",
    step: "1.18",
  },
  {
    question: "What does EnableNetworkIsolation leave a job's container?",
    choices: [
      "The network, without credentials",
      "Credentials, without a network",
      "Its input and the place for its output: SageMaker brings and fetches them from outside the container",
      "Nothing at all: an isolated job has no data",
    ],
    answer: 2,
    explanation:
      "No call out, none in, no credentials. Data comes and goes by SageMaker's agent, under the job's role.",
    step: "1.19",
  },
  {
    question:
      "A user may not read a bucket, may start jobs, and may pass every role named `workshop-*`. Can the user read the bucket?",
    choices: [
      "No: the bucket denies the user",
      "Yes, if any role of that name can read it and SageMaker may take it: the job reads for the user",
      "Only with MFA",
      "Only if the job has no VPC configuration",
    ],
    answer: 1,
    explanation:
      "Whoever may pass a role to something that runs their code has that role. Name the roles one by one and the service with iam:PassedToService.",
    step: "1.20",
  },
  {
    question:
      "A call from Studio timed out and the flow log, which keeps rejected traffic, shows nothing. Why?",
    choices: [
      "Flow logs do not cover interfaces of SageMaker",
      "The packet was let out by the group and lost for want of a route: routers' drops are not recorded",
      "The log group is encrypted",
      "HTTPS is never logged",
    ],
    answer: 1,
    explanation:
      "Flow logs record what security groups and network ACLs decide. A narrow egress rule turns the silent loss into a recorded rejection.",
    step: "1.22",
  },
];
