/** Where copies of data come to lie. */
import type { Diagram } from "./model.ts";

export const dataLifecycle: Diagram = {
  name: "data-lifecycle",
  title: "Where copies of your data lie",
  description:
    "From the source bucket data is copied to home directories, volumes of jobs, results, the model, data capture, logs. Each copy has its own protection and its own end.",
  groups: [
    {
      title: "source",
      columns: [[{ id: "raw", text: ["data bucket", "key data, versions"], kind: "data" }]],
    },
    {
      title: "work",
      columns: [
        [
          { id: "memory", text: ["notebook memory", "gone with the app"], kind: "own" },
          { id: "home", text: ["home directory", "EBS, EFS: key studio"], kind: "data" },
          { id: "volume", text: ["job volume", "key jobs, gone after"], kind: "data" },
        ],
      ],
    },
    {
      title: "results",
      columns: [
        [
          { id: "output", text: ["job outputs", "S3: key data"], kind: "data" },
          { id: "model", text: ["model artifact", "registry, S3"], kind: "data" },
          { id: "logs", text: ["job logs", "CloudWatch Logs"], kind: "data" },
        ],
      ],
    },
    {
      title: "in use",
      columns: [
        [
          { id: "endpoint", text: ["endpoint volume", "key jobs"], kind: "data" },
          { id: "capture", text: ["data capture", "requests and answers"], kind: "data" },
        ],
      ],
    },
  ],
  arrows: [
    { from: "raw", to: "memory" },
    { from: "raw", to: "home" },
    { from: "raw", to: "volume" },
    { from: "volume", to: "output" },
    { from: "volume", to: "model" },
    { from: "volume", to: "logs" },
    { from: "model", to: "endpoint" },
    { from: "endpoint", to: "capture", label: "if on" },
  ],
};
