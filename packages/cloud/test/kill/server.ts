/** The local cloud as a process to be killed: loads, waits for a line that names the state folder, then serves. */
import { createInterface } from "node:readline";
import { startCloud } from "../../src/cloud.ts";

for await (const state of createInterface({ input: process.stdin })) {
  const cloud = await startCloud({
    state,
    listen: true,
    port: 0,
    sageMaker: { transition: 15, jobDuration: 40 },
    onError: (error) => console.error(error),
  });
  console.log(JSON.stringify({ port: cloud.port, ...cloud.credentials }));
}
