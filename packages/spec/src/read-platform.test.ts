/** Good files become platforms; bad files say everything that is wrong with them, at once and in place. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatProblems } from "./problem.ts";
import { parsePlatform, readPlatform } from "./read-platform.ts";

const REFERENCE = readFileSync(
  new URL("../../../examples/bank-marketing/platform.yaml", import.meta.url),
  "utf8",
);
const HEAD = 'name: shop\nregion: eu-west-1\naccount: "123456789012"\n';
const today = "2026-01-15";

function problemsOf(text: string) {
  return readPlatform(text, { today }).problems.map(
    (one) => `${one.code} ${one.place.line}:${one.place.column}`,
  );
}

describe("the reference platform", () => {
  const platform = parsePlatform(REFERENCE);

  test("has the network of the labs", () => {
    expect(platform.network.zones.map((zone) => zone.privateCidr)).toEqual([
      "192.168.0.0/20",
      "192.168.16.0/20",
    ]);
    expect(platform.network.zones.map((zone) => zone.publicCidr)).toEqual([
      "192.168.64.0/20",
      "192.168.96.0/20",
    ]);
    expect(platform.network.endpoints).toContain("studio");
  });

  test("has its users with team, domain and persona", () => {
    expect(platform.users.map((user) => [user.name, user.team, user.domain, user.persona])).toEqual([
      ["user1-data-scientist", "team-a", "bank", "data-scientist"],
      ["user2-mlops", "team-b", "bank", "mlops"],
    ]);
  });
});

describe("mistakes", () => {
  test("are all reported in one run, in the order of the file", () => {
    const text = `name: Bank_Marketing
region: us-east-1
account: 111122223333
netwrok: {}
network: { cidr: 192.168.0.0/16, subnets: [192.168.0.0/28, 192.168.0.0/27], internet: maybe }
domains: { bank: { auth: iam, idleShutdown: 5 } }
teams:
  team-a: { domain: bnak, users: { ana: data-sceintist, u2: { perona: mlops } } }
  team-b: { domain: bank, users: { ana: nobody } }
personas: { nobody: {}, x: { extends: y }, y: { extends: x } }
data: { marketing: {}, other: { owner: team-c } }
exceptions: [{ control: vpc, team: team-a, reason: short, expires: 2020-01-01 }]
`;
    expect(problemsOf(text)).toEqual([
      "SPEC0106 1:7",
      "SPEC0103 3:10",
      "SPEC0101 4:1",
      "SPEC0302 5:60",
      "SPEC0103 5:87",
      "SPEC0105 6:26",
      "SPEC0107 6:45",
      "SPEC0201 8:21",
      "SPEC0104 8:41",
      "SPEC0102 8:57",
      "SPEC0101 8:63",
      "SPEC0204 9:36",
      "SPEC0207 10:13",
      "SPEC0206 10:39",
      "SPEC0206 10:58",
      "SPEC0102 11:9",
      "SPEC0202 11:40",
      "SPEC0107 12:52",
      "SPEC0503 12:68",
    ]);
  });

  test("read like this", () => {
    const text = `${HEAD}domains: { main: {} }\nteams:\n  lab: { domain: main, users: { ana: data-sceintist } }\n`;
    expect(formatProblems(readPlatform(text).problems)).toBe(
      [
        "error[SPEC0104]: unknown persona `data-sceintist`",
        "  --> platform.yaml:6:38",
        "   6 |   lab: { domain: main, users: { ana: data-sceintist } }",
        "     |                                      ^^^^^^^^^^^^^^ not a persona",
        "help: did you mean `data-scientist`? personas: data-scientist, ml-admin, mlops, multi-domain, viewer",
      ].join("\n"),
    );
  });

  test.each([
    ["an empty file", "", "SPEC0004"],
    ["only a comment", "# nothing\n", "SPEC0004"],
    ["a list", "- a\n", "SPEC0103"],
    ["a tab", "name:\n\t- x\n", "SPEC0001"],
    ["a key twice", `${HEAD}name: shop\ndomains: { main: {} }\n`, "SPEC0001"],
    ["two documents", `${HEAD}domains: { main: {} }\n---\nname: x\n`, "SPEC0005"],
    ["no domain", `${HEAD}domains: {}\n`, "SPEC0201"],
    [
      "a Region AWS has not",
      'name: shop\nregion: mars-1\naccount: "123456789012"\ndomains: { main: {} }\n',
      "SPEC0106",
    ],
    ["host bits", `${HEAD}network: { cidr: 10.0.0.5/16 }\ndomains: { main: {} }\n`, "SPEC0301"],
    [
      "a VPC too small to divide",
      `${HEAD}network: { cidr: 10.0.0.0/26 }\ndomains: { main: {} }\n`,
      "SPEC0303",
    ],
    [
      "a cidr beside an existing VPC",
      `${HEAD}network: { cidr: 10.0.0.0/16, existing: { vpc: vpc-0123456789abcdef0, cidr: 10.0.0.0/16, subnets: [{ id: subnet-0123456789abcdef0, zone: eu-west-1a, cidr: 10.0.0.0/20, routeTable: rtb-0123456789abcdef0 }] } }\ndomains: { main: {} }\n`,
      "SPEC0304",
    ],
    [
      "groups without SSO",
      `${HEAD}domains: { main: {} }\nteams: { lab: { domain: main, groups: [g] } }\n`,
      "SPEC0502",
    ],
  ])("%s", (_, text, code) => {
    expect(readPlatform(text, { today }).problems.map((one) => one.code)).toContain(code);
  });

  test("subnets too small for the users say how the number comes about", () => {
    const users = Array.from({ length: 60 }, (_, index) => `u${index}: viewer`).join(", ");
    const text = `${HEAD}network: { cidr: 10.0.0.0/22 }\ndomains: { main: {} }\nteams: { lab: { domain: main, users: { ${users} } } }\n`;
    const [problem] = readPlatform(text, { today }).problems;
    expect(problem?.message).toBe("the private subnets have 118 addresses, the platform needs 324");
    expect(problem?.help).toContain(
      "22 for interface endpoints, 2 for file systems, 60 for apps, 240 for jobs",
    );
  });

  test("an alias bomb is refused", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `  l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`,
    );
    const text = `${HEAD}domains: { main: {} }\ntags:\n  l0: &l0 x\n${levels.join("\n")}\n`;
    expect(problemsOf(text)[0]).toMatch(/^SPEC0003/);
  });

  test.each([
    ["flow", "[".repeat(50_000)],
    ["block", `${"- ".repeat(50_000)}x`],
    ["characters", "x".repeat(1_100_000)],
  ])("too deep or too large: %s", (_, text) => {
    const started = performance.now();
    expect(problemsOf(text)[0]).toMatch(/^SPEC000[23]/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
