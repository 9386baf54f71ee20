/** A platform whose Studio reaches no SageMaker is legal, and its reader is warned. */

import { describe, expect, test } from "vitest";
import { readPlatform } from "../read-platform.ts";

const file = (network: string) =>
  `name: shop\nregion: eu-west-1\naccount: "123456789012"\n${network}domains: { main: {} }\nteams: { lab: { domain: main, users: { ana: viewer } } }\n`;
const warnings = (network: string) => {
  const { platform, problems } = readPlatform(file(network));
  expect(platform).toBeDefined();
  return problems.map(({ code, severity, message, place }) => [code, severity, message, place.path]);
};

const open = "controls: { perimeter: { data: false } }\n";

test("a perimeter that shuts everybody out is warned of", () => {
  const found = warnings("network: { internet: nat, endpoints: { without: [s3] } }\n");
  expect(found.map(([code, , , path]) => [code, path])).toEqual([["SPEC0306", "network.endpoints"]]);
  expect(warnings(`network: { internet: nat, endpoints: { without: [s3] } }\n${open}`)).toEqual([]);
});

describe("services that Studio cannot work without", () => {
  test.each([
    ["the defaults", ""],
    ["a NAT gateway", `network: { internet: nat, endpoints: none }\n${open}`],
    [
      "a firewall that lets AWS through",
      `network: { internet: { firewall: { allow: [.amazonaws.com] } }, endpoints: none }\n${open}`,
    ],
    [
      "a firewall that lets the missing one through",
      "network: { internet: { firewall: { allow: [sts.eu-west-1.amazonaws.com] } }, endpoints: { without: [sts] } }\n",
    ],
  ])("are reached with %s", (_, network) => {
    expect(warnings(network)).toEqual([]);
  });

  test.each([
    ["network: { endpoints: { without: [sts] } }\n", "`sts`", "network.endpoints"],
    [
      "network: { internet: { firewall: { allow: [.pypi.org] } }, endpoints: none }\n",
      "`sagemaker.api`, `sagemaker.runtime`, `s3`, `sts`",
      "network.endpoints",
    ],
    [
      "network: { internet: { firewall: { allow: [sts.us-east-1.amazonaws.com, .notamazonaws.com] } }, endpoints: { without: [sts] } }\n",
      "`sts`",
      "network.endpoints",
    ],
  ])("are missed with %s", (network, names, path) => {
    expect(warnings(network)).toEqual([["SPEC0305", "warning", `Studio and jobs reach no ${names}`, path]]);
  });
});
