/** Diagrams of lab 3, as Mermaid text. */

const mermaid = (text: string) => `\`\`\`mermaid\n${text.trim()}\n\`\`\``;

/** The three kinds of controls around one request. */
export const controls = mermaid(`
flowchart LR
  Q["a request:<br/>start a job"] --> P{"preventive<br/>SCP, identity policy,<br/>endpoint policy"}
  P -- denied --> X["refused, with the statement's name"]
  P -- allowed --> J["the job runs"]
  J --> T["trail, logs, metrics"]
  T --> D{"detective<br/>Config, Security Hub,<br/>GuardDuty, alarms"}
  D -- finding --> C["corrective<br/>stop it, tell somebody,<br/>write it down"]
  C --> J
  D -- learnt --> P
`);

/** Where traces of what happens are kept, and who reads them. */
export const traces = mermaid(`
flowchart LR
  A["API calls"] --> CT["CloudTrail:<br/>who, what, from where"]
  S["Studio and jobs"] --> CL["CloudWatch Logs:<br/>what code printed"]
  N["packets"] --> FL["flow logs:<br/>what was rejected"]
  B["reads of data"] --> AL["S3 access logs:<br/>who read which object"]
  CT --> I["one question:<br/>who did this?"]
  CL --> I
  FL --> I
  AL --> I
`);
