/** From a person to a request: who signs it in the end. */
import type { Diagram } from "./model.ts";

export const identityFlow: Diagram = {
  name: "identity-flow",
  title: "Who signs the request",
  description:
    "A sign-in role asks for a presigned URL. Studio runs as the profile's execution role. A job runs as the role passed to it. What the person may do themselves no longer matters after the first step.",
  groups: [
    {
      title: "sign-in",
      columns: [
        [{ id: "person", text: ["person", "company directory"], kind: "user" }],
        [
          {
            id: "signin",
            text: ["sign-in role", "may make a URL for", "one's own profile only"],
            kind: "own",
          },
        ],
      ],
    },
    {
      title: "Studio",
      columns: [
        [{ id: "url", text: ["presigned URL", "once, 5 to 300 s"], kind: "aws" }],
        [{ id: "execution", text: ["execution role", "of the user profile"], kind: "own" }],
      ],
    },
    {
      title: "jobs",
      columns: [
        [{ id: "job", text: ["job", "training, processing, …"], kind: "aws" }],
        [{ id: "jobrole", text: ["job role", "exactly its workload"], kind: "own" }],
      ],
    },
  ],
  arrows: [
    { from: "person", to: "signin", label: "federation" },
    { from: "signin", to: "url", label: "create" },
    { from: "url", to: "execution", label: "assume" },
    { from: "execution", to: "job", label: "create" },
    { from: "job", to: "jobrole", label: "PassRole" },
  ],
};
