/** The data perimeter: three questions for each request. */
import type { Diagram } from "./model.ts";

export const perimeter: Diagram = {
  name: "perimeter",
  title: "The data perimeter",
  description:
    "Our people on our network reach our buckets through the endpoint. Our people outside are stopped by the bucket policy; foreign buckets are stopped by the endpoint policy; foreign people are stopped by both.",
  groups: [
    {
      title: "who",
      columns: [
        [
          { id: "inside", text: ["our role", "inside the VPC"], kind: "user" },
          { id: "stolen", text: ["our credentials", "somewhere else"], kind: "user" },
          { id: "breakglass", text: ["break-glass role", "rare, watched"], kind: "user" },
        ],
      ],
    },
    {
      title: "through",
      columns: [
        [
          { id: "endpoint", text: ["endpoint policy", "our principals,", "our resources"], kind: "wall" },
          { id: "open", text: ["the internet"], kind: "aws" },
        ],
      ],
    },
    {
      title: "what",
      columns: [
        [
          { id: "ours", text: ["our bucket", "policy: aws:SourceVpc"], kind: "data" },
          { id: "foreign", text: ["somebody's bucket"], kind: "data" },
        ],
      ],
    },
  ],
  arrows: [
    { from: "inside", to: "endpoint" },
    { from: "endpoint", to: "ours", label: "allowed" },
    { from: "endpoint", to: "foreign", label: "data would leave", blocked: true },
    { from: "stolen", to: "open" },
    { from: "breakglass", to: "open" },
    { from: "open", to: "ours", label: "but break-glass", blocked: true },
  ],
};
