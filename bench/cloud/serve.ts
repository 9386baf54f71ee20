/** The local cloud as a process of its own; on `SIGUSR2`-like lines of stdin it tells its memory or fills itself. */
import { createInterface } from "node:readline";
import { startCloud } from "@sagekeep/cloud";

const began = performance.now();
const cloud = await startCloud({ listen: true, port: 0, ...(process.argv[2] && { state: process.argv[2] }) });
console.log(JSON.stringify({ port: cloud.port, ...cloud.credentials, startMs: performance.now() - began }));
for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(" ");
  const at = performance.now();
  if (command === "fill") {
    for (let i = 0; i < Number(count); i++) {
      await cloud.call("ssm", "PutParameter", {
        Name: `/bench/${i % 1000}/${i}`,
        Value: `value ${i}`,
        Type: "String",
      });
    }
  }
  console.log(JSON.stringify({ ms: performance.now() - at, rss: process.memoryUsage().rss }));
}
await cloud.close();
