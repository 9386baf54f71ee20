/** The platform every lab is played on: the reference platform, and a second domain that must stay apart. */

/** Name of the lab platform: prefix of its stacks, roles and exports. */
export const labPlatformName = "workshop";

/** Text of the `platform.yaml` that a learner's folder starts with. */
export const labPlatformYaml = `# The platform of the labs: two domains, three teams, one data set.
name: ${labPlatformName}
region: us-east-1
account: "111122223333"
network: { cidr: 192.168.0.0/16, zones: 2, internet: none, endpoints: studio, flowLogs: rejected }
domains:
  bank: { auth: IAM }
  research: { auth: IAM }
teams:
  team-a: { domain: bank, users: { user1-data-scientist: data-scientist } }
  team-b: { domain: bank, users: { user2-mlops: mlops } }
  team-r: { domain: research, users: { user1: multi-domain } }
data:
  marketing: { owner: team-a, from: ./data/bank-additional-full.csv }
controls:
  instanceTypes: [ml.t3.medium, ml.m5.large]
  jobs: { vpc: required, volumeKey: required, trafficEncryption: required }
budget: { monthly: 500 }
guarantees: default
`;
