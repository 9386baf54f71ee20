/** Lab 2: who reads what, wherever it is copied to. */
import type { Lab } from "../../model.ts";
import { keyPolicy } from "./steps/key-policy.ts";
import { transportAndEncryption } from "./steps/transport-and-encryption.ts";
import { volumeKey } from "./steps/volume-key.ts";

export const lab: Lab = {
  slug: "02-data-protection",
  number: 2,
  title: "Data protection and isolation",
  minutes: 60,
  introduction: "",
  steps: [volumeKey, transportAndEncryption, keyPolicy],
  quiz: [],
  furtherReading: [],
};
