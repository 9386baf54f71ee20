/** HTTP, HTTPS and both proxy modes on one port, with clients as strangers use them. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { Authority } from "./authority.ts";

const run = promisify(execFile);
let cloud: Cloud;
let port: number;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  port = cloud.port as number;
});
afterAll(() => cloud.close());

const has = async (command: string, ...args: string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );

/** Sends raw bytes and returns all that comes back. */
function raw(text: string, socket: Socket = connectTcp(port, "127.0.0.1")): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    socket.on("data", (bytes) => {
      out += bytes;
    });
    socket.on("close", () => resolve(out));
    socket.on("error", reject);
    socket.write(text);
  });
}

/** A TLS connection; without a name, the certificate is not compared with one. */
function tls(servername: string | undefined, socket?: Socket) {
  const ca = readFileSync(cloud.caBundle as string);
  const named = servername ? { servername } : { checkServerIdentity: () => undefined };
  return connectTls({ port, host: "127.0.0.1", ca, ...(socket && { socket }), ...named });
}

describe("one port", () => {
  const get = (host: string) => `GET /?Action=None HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;

  it("speaks HTTP and HTTPS", async () => {
    expect(await raw(get(`127.0.0.1:${port}`))).toContain("<Code>");
    for (const name of [
      "localhost",
      "s3.us-east-1.amazonaws.com",
      "my-bucket.s3.eu-west-1.amazonaws.com",
      undefined,
    ]) {
      const socket = tls(name);
      expect(await raw(get(name ?? "127.0.0.1"), socket)).toContain("<Code>");
      expect(socket.authorized).toBe(true);
    }
  });

  it("lets go of a connection that speaks neither", async () => {
    expect(await raw("\u0000\u0001\u0002\r\n\r\n")).toContain("400 Bad Request");
    expect(await raw("\u0016\u0003\u0001\u0000\u0005hello\r\n\r\n").catch(() => "reset")).not.toContain(
      "200",
    );
  });

  it("refuses proxying elsewhere, to other local ports, and what is no target", async () => {
    const other = createTcpServer((socket) => socket.end("secret")).listen(0, "127.0.0.1");
    await new Promise((done) => other.once("listening", done));
    const { port: otherPort } = other.address() as { port: number };
    for (const target of ["example.com:443", `127.0.0.1:${otherPort}`, `localhost:${otherPort}`]) {
      expect(await raw(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`)).toContain("403 Forbidden");
      const answer = await raw(
        `GET http://${target}/ HTTP/1.1\r\nhost: ${target}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toContain("403 Forbidden");
      expect(answer).not.toContain("secret");
    }
    expect(await raw("CONNECT nonsense HTTP/1.1\r\nhost: x\r\n\r\n")).toContain("400 Bad Request");
    expect(await raw("GET gopher://x/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain(
      "400 Bad Request",
    );
    other.close();
  });

  it("is a proxy for plain requests to AWS hosts", async () => {
    const text = `GET http://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity HTTP/1.1\r\nhost: sts.us-east-1.amazonaws.com\r\nconnection: close\r\n\r\n`;
    expect(await raw(text)).toContain("<Code>MissingAuthenticationToken</Code>");
    const ip = await raw(
      "GET http://checkip.amazonaws.com/ HTTP/1.1\r\nhost: checkip.amazonaws.com\r\nconnection: close\r\n\r\n",
    );
    expect(ip.split("\r\n\r\n")[1]).toContain("127.0.0.1");
  });

  it("is a proxy for TLS to AWS hosts, and a tunnel does not nest", async () => {
    const open = (target: string) =>
      new Promise<Socket>((resolve, reject) => {
        const request = httpRequest({ port, host: "127.0.0.1", method: "CONNECT", path: target });
        request
          .on("connect", (_, socket) => resolve(socket))
          .on("error", reject)
          .end();
      });
    const socket = tls("s3.us-east-1.amazonaws.com", await open("s3.us-east-1.amazonaws.com:443"));
    expect(await raw(get("s3.us-east-1.amazonaws.com"), socket)).toContain("<Code>");
    expect(socket.authorized).toBe(true);
  });
});

describe("real clients", () => {
  it("curl, by https and through the proxy", async () => {
    if (!(await has("curl", "--version"))) return console.warn("skipped: curl is not installed");
    const ca = cloud.caBundle as string;
    const direct = await run("curl", ["-sS", "--cacert", ca, `https://localhost:${port}/_sagekeep/health`]);
    expect(direct.stdout).toContain("ok");
    for (const scheme of ["http", "https"]) {
      const args = [
        "-sS",
        "--cacert",
        ca,
        "-x",
        `http://127.0.0.1:${port}`,
        `${scheme}://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity`,
      ];
      expect((await run("curl", args)).stdout).toContain("MissingAuthenticationToken");
    }
  });

  it("the AWS CLI, with no endpoint setting at all", async () => {
    if (!(await has("aws", "--version"))) return console.warn("skipped: the AWS CLI is not installed");
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const env = {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_CA_BUNDLE: cloud.caBundle,
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      AWS_MAX_ATTEMPTS: "1",
    };
    const { stdout } = await run("aws", ["sagemaker", "list-domains"], { env });
    expect(JSON.parse(stdout)).toEqual({ Domains: [] });
    // S3 Control puts the account into the host name, which only a proxy can serve
    const control = await run("aws", ["s3control", "list-access-points", "--account-id", "111122223333"], {
      env,
    }).catch((error: { stderr: string }) => error);
    expect(`${"stdout" in control ? control.stdout : ""}${control.stderr}`).toMatch(
      /AccessPointList|not supported|NotImplemented/,
    );
  });
});

describe("the authority", () => {
  it("is kept, readable only by its owner, and made again when damaged", () => {
    const folder = mkdtempSync(join(tmpdir(), "ca-test-"));
    const first = new Authority(folder);
    const pem = readFileSync(first.certificatePath, "utf8");
    expect(statSync(join(folder, "ca.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(new Authority(folder).certificatePath, "utf8")).toBe(pem);
    rmSync(join(folder, "ca.key"));
    const again = readFileSync(new Authority(folder).certificatePath, "utf8");
    expect(again).not.toBe(pem);
    expect(readFileSync(first.bundlePath, "utf8")).toContain(again);
    rmSync(folder, { recursive: true });
  });
});
