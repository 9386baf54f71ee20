/** Diagrams of the clean-up, as Mermaid text. */

const mermaid = (text: string) => `\`\`\`mermaid\n${text.trim()}\n\`\`\``;

/** The order in which a platform goes. */
export const order = mermaid(`
flowchart TD
  R["stop what runs: schedules, pipelines, jobs"] --> E["endpoints, then their configurations, then models"]
  E --> A["what was made in Studio: notebooks, registry, experiments"]
  A --> S["apps, then spaces, then profiles"]
  S --> P["policies hung on roles by hand"]
  P --> C["stacks, importers before exporters"]
  C --> B["buckets: close, empty, delete"]
  B --> F["mount targets, file systems, NFS groups"]
  F --> L["logs"]
  L --> N["plumbing in the VPC, then the network's stack"]
  N --> K["keys: scheduled, 30 days"]
  K --> Z["scan of everything that costs money"]
`);

/** What stays when a domain goes. */
export const leftBehind = mermaid(`
flowchart LR
  D["domain (gone)"] -. "tag with its ARN" .- F["file system: all homes"]
  F --> M1["mount target, interface in subnet 1"]
  F --> M2["mount target, interface in subnet 2"]
  M1 --> I["inbound NFS group"]
  M2 --> I
  I <-- "rules name each other" --> O["outbound NFS group"]
`);
