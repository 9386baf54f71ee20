/** 0.4: the place counts as much as the person. */
import { call, type Step } from "../../../model.ts";

export const whereFrom: Step = {
  id: "0.4",
  title: "Where the request comes from",
  text: `
**The idea.** A domain in \`VpcOnly\` mode has its interfaces in *your* subnets. A notebook reaches what your routes, security
groups and endpoints let it reach: see [the network](#diagram-network). Policies can ask for the place, too: \`aws:SourceVpc\`,
\`aws:SourceVpce\` and \`aws:SourceIp\` describe it.

**Two ways to fail.** *Denied* is an answer: the request arrived and a policy said no. *No path* is silence: nothing arrived,
the client waits until it gives up. The first one is for whoever writes policies, the second one for whoever runs the
network; telling them apart saves hours. (AWS lets a client hang for a minute or more. The local cloud closes such a
connection after a second and says so.)

**What to see.** The same user from Studio: a service with an endpoint answers, one without does not. And the administrator
may ask from anywhere, because nothing here binds the administrator to a place. Lab 1 does.`,
  hint: "Nothing to write. If the third attempt does not end as `no path`, somebody gave the VPC an endpoint for EC2, or NAT.",
  experiments: async (bench) => [
    {
      what: "describe the own domain, from Studio",
      as: { user: "user1-data-scientist" },
      attempt: call("sagemaker", "DescribeDomain", { DomainId: await bench.domainId() }),
      expect: "allowed",
      why: "the VPC has an endpoint for the SageMaker API",
    },
    {
      what: "describe endpoints of the VPC, from Studio",
      as: { user: "user1-data-scientist" },
      attempt: call("ec2", "DescribeVpcEndpoints", {}),
      expect: "timed-out",
      why: "there is no endpoint for EC2 and no other way out: no policy was even asked",
    },
    {
      what: "list domains, from inside the VPC",
      as: "admin",
      from: "vpc",
      attempt: call("sagemaker", "ListDomains", {}),
      expect: "allowed",
      why: "an instance in a private subnet reaches SageMaker through the same endpoint",
    },
    {
      what: "list domains, from the internet",
      as: "admin",
      attempt: call("sagemaker", "ListDomains", {}),
      expect: "allowed",
      why: "no policy names a place for the administrator yet",
    },
  ],
};
