/** An upload that stops is answered, whoever reads it; one that is slow is not. */
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { readWhole } from "../wire/body.ts";
import { isAwsError } from "../wire/errors.ts";
import { IdleBodies } from "./idle-bodies.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) one.close().closeAllConnections();
});

async function open(read: "whole" | "pieces" | "nobody"): Promise<Socket> {
  const idle = new IdleBodies(200);
  const server = createServer(async (request, response) => {
    idle.watch(request);
    try {
      if (read === "whole") await readWhole(request, 1000);
      else if (read === "pieces") for await (const _ of request);
      else await sleep(600);
      response.end("done");
    } catch (error) {
      response.writeHead(400).end(isAwsError(error) ? error.code : String(error));
    }
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return connect((server.address() as AddressInfo).port, "127.0.0.1");
}

async function answered(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  for (let i = 0; i < 200 && !/\r\n\r\n./.test(text); i++) await sleep(20);
  socket.destroy();
  return text;
}

const head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";

for (const read of ["whole", "pieces"] as const) {
  it(`tells a client that stops in the middle, when the body is read ${read}`, async () => {
    const socket = await open(read);
    socket.write(`${head}some`);
    expect(await answered(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*RequestTimeout/);
  });

  it(`waits for one that is slow, when the body is read ${read}`, async () => {
    const socket = await open(read);
    socket.write(head);
    void (async () => {
      for (let i = 0; i < 10; i++) {
        await sleep(60);
        socket.write("x".repeat(10));
      }
    })();
    expect(await answered(socket)).toMatch(/^HTTP\/1.1 200 [\s\S]*done/);
  });
}

it("leaves alone what nobody reads", async () => {
  const socket = await open("nobody");
  socket.write(`${head}some`);
  expect(await answered(socket)).toMatch(/^HTTP\/1.1 200 [\s\S]*done/);
});
