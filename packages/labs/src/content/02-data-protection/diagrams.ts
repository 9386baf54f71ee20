/** Pictures of lab 2, as Mermaid text. */

/** From the data set to all its copies. */
export const dataLifecycle = `\`\`\`mermaid
flowchart LR
  source[(data set<br/>S3)] --> notebook["Studio space<br/>memory, EBS, EFS"]
  source --> job["processing or training job<br/>volume, network between containers"]
  notebook --> git["Git, shared notebooks"]
  notebook --> athena["Athena results<br/>S3"]
  job --> output[(outputs, models,<br/>checkpoints: S3)]
  job --> logs["logs<br/>CloudWatch"]
  job --> features["Feature Store<br/>online, offline"]
  output --> endpoint["endpoint<br/>volume"]
  endpoint --> capture[(data capture<br/>S3)]
\`\`\``;

/** What a request for an object passes. */
export const keysAndDoors = `\`\`\`mermaid
sequenceDiagram
  participant U as user in Studio
  participant E as S3 endpoint
  participant B as bucket
  participant K as KMS key
  U->>E: GetObject (with the role's permissions)
  Note over E: endpoint policy: one of our buckets?
  E->>B: GetObject, aws:SourceVpc = ours
  Note over B: bucket policy: our network, our team, TLS?
  B->>K: Decrypt, in the user's name
  Note over K: key policy: this role? through us or a service?
  K-->>B: data key
  B-->>U: object
\`\`\``;
