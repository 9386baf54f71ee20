/** 1.12 to 1.14: no way out, a way out, and a way out to named places only. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { attemptTo, demand } from "../attempt-to.ts";
import { scientist } from "../people.ts";
import { makeWayOut, removeWayOut, setAllowedDomains } from "../way-out.ts";
import { get, tunnel } from "../web.ts";

const { user } = scientist;
const CHECK_IP = "checkip.amazonaws.com";
const NAT = "01-domain NAT address";

const curl = attemptTo(`sagekeep studio ${user} -- curl --max-time 5 http://${CHECK_IP}`, async (bench) =>
  get(bench, user, `http://${CHECK_IP}/`),
);
const reach = (host: string, command: string) => attemptTo(command, (bench) => tunnel(bench, user, host));
const pip = reach("pypi.org", `sagekeep studio ${user} -- pip download --no-deps --timeout 5 sampleproject`);

export const noInternet: Step = {
  id: "1.12",
  title: "No internet",
  text: `
**The idea.** The domain is \`VpcOnly\` and the VPC has no way out. A notebook that would send a table to a paste site cannot,
and neither can a package that was written to do so.

**What it costs.** \`pip install\` and \`conda install\` do not work either. People who cannot install packages find ways; give
them a good one first:

- a **private index** reached by an endpoint: AWS CodeArtifact (endpoints \`codeartifact.api\` and
  \`codeartifact.repositories\`; its own proxy of PyPI can be limited to approved packages);
- a **wheel house** in a bucket: \`pip install --no-index --find-links\`, read through the S3 endpoint;
- packages baked into a **custom image** in ECR, which is also what makes a job reproducible.

**What to see.** Two connections without a path: plain HTTP (port 80, refused by the Studio security group already) and
HTTPS (port 443, let out by the group, then no route). To the user both look alike: silence.`,
  hint: "Nothing to write. A name that *resolves* is not a place that can be *reached*: DNS in a VPC answers for the whole internet.",
  experiments: () => [
    {
      what: "ask a public service for the own address",
      as: scientist,
      attempt: curl,
      expect: "timed-out",
      why: "no route leads out of the private subnets",
    },
    {
      what: "install a package from the public index",
      as: scientist,
      attempt: pip,
      expect: "timed-out",
      why: "the same for HTTPS: packages need a private source",
    },
  ],
};

async function addressIsNat(bench: Bench): Promise<string> {
  const seen = await get(bench, user, `http://${CHECK_IP}/`);
  const nat = bench.kept.get(NAT);
  demand(seen === nat, `the world sees ${seen}, the NAT gateway has ${nat}`);
  return `the world sees ${seen}: the NAT gateway's address`;
}

export const nat: Step = {
  id: "1.13",
  title: "A way out: NAT",
  text: `
**The idea.** A NAT gateway in a public subnet lets private addresses out under *its* address. It takes four things, and
each one missing looks the same (silence): an internet gateway at the VPC, a public subnet with a route to it, the NAT
gateway with an Elastic IP there, and a default route in the **private** subnets to the NAT gateway. A fifth is easily
forgotten: the Studio security group must let the port out.

**Why it matters.** With it, \`pip install\` works, and so does every other place in the world. Step 1.8's call arrives too,
over the public endpoint: with NAT an absent VPC endpoint is no control any more. And it has a price: an hourly one for each
gateway and one for every gigabyte, beside the endpoints you still want, since traffic to AWS over NAT leaves your endpoint policies behind.

**What to see.** The step adds all five. The address the world sees is the NAT gateway's: a partner can put it on a list.
The undo removes them again.`,
  hint: "If something times out, look for the five in this order: rule of the security group, route of the private subnet, state of the NAT gateway, route of the public subnet, attachment of the internet gateway.",
  async prepare(bench) {
    bench.kept.set(NAT, await makeWayOut(bench));
  },
  experiments: () => [
    {
      what: "ask a public service for the own address",
      as: scientist,
      attempt: attemptTo(curl.command, addressIsNat),
      expect: "allowed",
      why: "private addresses leave under the NAT gateway's",
    },
    {
      what: "install a package from the public index",
      as: scientist,
      attempt: pip,
      expect: "allowed",
      why: "a path leads to every host of the internet now",
    },
    {
      what: "describe VPC endpoints, which timed out before",
      as: scientist,
      attempt: call("ec2", "DescribeVpcEndpoints", {}),
      expect: "allowed",
      why: "over the internet gateway: the policy always allowed it",
    },
    {
      what: "create an IAM user, which timed out before",
      as: scientist,
      attempt: call("iam", "CreateUser", { UserName: "backdoor" }),
      expect: "denied",
      by: "identity",
      why: "now the request arrives, and the policy is what refuses it",
    },
  ],
  undo: removeWayOut,
};

const list = (...Targets: string[]) => ({
  Targets,
  TargetTypes: ["TLS_SNI", "HTTP_HOST"],
  GeneratedRulesType: "ALLOWLIST",
});

const blocked = (host: string, why: string): Experiment => ({
  what: `connect to ${host}`,
  as: scientist,
  attempt: reach(host, `sagekeep studio ${user} -- curl --max-time 5 https://${host}`),
  expect: "timed-out",
  why,
});

export const firewall: Step = {
  id: "1.14",
  title: "A way out to named places: Network Firewall",
  text: `
**The idea.** AWS Network Firewall stands between the private subnets and the NAT gateway and looks at the *name* a
connection asks for: the host of plain HTTP, the server name (SNI) of TLS. A list of domains decides; what is not on it is
dropped. Dropped, not refused: the client waits, as with a missing route.

**How it is wired.** Private subnet → firewall endpoint → NAT gateway → internet gateway. Answers must come back through the
*same* firewall endpoint, so the public subnet's table sends the private networks there. A default route that goes to the
NAT gateway directly bypasses the firewall: routes are part of the control.

**What it does not do.** It believes the name the client says. Whoever controls a host *and* the client can lie about it, so
keep the list short. And a wide entry lets data out: \`.amazonaws.com\` contains every bucket of every AWS customer, which is
why S3 stays on its own endpoint with its own policy (lab 2).

**What to do.** The list in the file is AWS's \`RulesSourceList\`. Admit what \`pip install\` needs (\`pypi.org\` and
\`files.pythonhosted.org\`) and \`checkip.amazonaws.com\`, nothing else.`,
  hint: "An entry `pypi.org` is that host alone; `.pypi.org` is the domain and every host under it. Three entries are enough, and none needs to begin with a dot.",
  async prepare(bench) {
    bench.kept.set(NAT, await makeWayOut(bench, true));
  },
  task: {
    file: "allowed-domains.json",
    goal: "Let Studio reach pypi.org, files.pythonhosted.org and checkip.amazonaws.com, and no other host.",
    start: list(".com", "pypi.org"),
    solution: list("pypi.org", "files.pythonhosted.org", CHECK_IP),
    apply: (bench, document) => setAllowedDomains(bench, JSON.parse(document) as object),
    remove: (bench) => setAllowedDomains(bench),
  },
  experiments: () => [
    {
      what: "ask a public service for the own address",
      as: scientist,
      attempt: attemptTo(curl.command, addressIsNat),
      expect: "allowed",
      why: "the host is on the list; the address is still the NAT gateway's, which comes after the firewall",
    },
    {
      what: "look a package up in the public index",
      as: scientist,
      attempt: pip,
      expect: "allowed",
      why: "the index is on the list",
    },
    {
      what: "download its file",
      as: scientist,
      attempt: reach(
        "files.pythonhosted.org",
        `sagekeep studio ${user} -- curl --max-time 5 -I https://files.pythonhosted.org`,
      ),
      expect: "allowed",
      why: "the index names another host for the files: a list made of what people *say* they use is too short",
    },
    blocked("pastebin.com", "not on the list: dropped"),
    blocked("pypi.org.example.net", "a name that only begins like an allowed one"),
    blocked(
      "anybodys-bucket.s3.eu-west-1.amazonaws.com",
      "a bucket of another account in another Region: `.amazonaws.com` would have let data out",
    ),
  ],
  undo: removeWayOut,
};
