/** Diagrams of lab 1, as Mermaid text. */

const mermaid = (text: string) => `\`\`\`mermaid\n${text.trim()}\n\`\`\``;

/** VPC, subnets, endpoints, and what is missing on purpose. */
export const network = mermaid(`
flowchart LR
  subgraph VPC["VPC 192.168.0.0/16: no internet gateway, no NAT"]
    subgraph A["private subnet 192.168.0.0/20, zone a"]
      S1["Studio space"]
      J1["job instances"]
      E1["interface endpoints"]
    end
    subgraph B["private subnet 192.168.16.0/20, zone b"]
      S2["Studio space"]
      E2["interface endpoints"]
      F["home directories, EFS"]
    end
    G["gateway endpoint: route to S3"]
  end
  S1 -- "443" --> E1
  J1 -- "443" --> E1
  S2 -- "2049" --> F
  S1 -- "443" --> G
  E1 --> AWS["SageMaker, STS, KMS, ECR, logs, SSM, …"]
  E2 --> AWS
  G --> S3["S3"]
  S1 -. "no route" .-x I["internet, services without endpoint"]
`);

/** From a person to a session of the execution role. */
export const identityFlow = mermaid(`
sequenceDiagram
  participant P as person
  participant R as role workshop-sign-in
  participant M as SageMaker API (endpoint in the VPC)
  participant S as Studio
  P->>R: AssumeRole, tag user = own name
  Note over R: the trust policy compares the tag with the person's own
  R->>M: CreatePresignedDomainUrl for profile = tag
  Note over M: resource = the profile, condition = our VPC
  M-->>P: URL, valid 5 to 300 s, opens once
  P->>S: opens the URL
  S->>S: assumes the profile's execution role (trust: sagemaker.amazonaws.com)
  S-->>P: session of the role workshop-team-a-data-scientist
`);

/** Policy, path, answer. */
export const roads = mermaid(`
flowchart TD
  R["request from Studio"] --> G{"security group and ACL let it out?"}
  G -- no --> T["silence, REJECT in the flow log"]
  G -- yes --> H{"endpoint or route?"}
  H -- no --> U["silence, nothing rejected"]
  H -- yes --> E{"endpoint policy, role policies, resource policy, organisation: all allow, none denies?"}
  E -- no --> D["AccessDenied, at once"]
  E -- yes --> A["the service answers"]
`);

/** Shares of a user's addresses. */
export const addresses = mermaid(`
flowchart LR
  subgraph fixed["once"]
    E["interface endpoint: 1 a zone"]
    M["file system: 1 a domain and zone"]
  end
  subgraph user["each user"]
    A["running app: 1"]
    J["job instance: 2, with EFA 5"]
  end
  fixed --> N["private subnets: 4096 − 5 addresses a /20"]
  user --> N
`);
