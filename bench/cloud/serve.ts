/** The local cloud as a process of its own; lines on stdin make it tell its memory (`memory`) or fill itself (`fill N`). */
import { createInterface } from "node:readline";
import { startCloud } from "@sagekeep/cloud";

const cloud = await startCloud({ listen: true, port: 0, ...(process.argv[2] && { state: process.argv[2] }) });
console.log(JSON.stringify({ port: cloud.port, ...cloud.credentials }));
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
  const { user, system } = process.cpuUsage();
  console.log(
    JSON.stringify({ ms: performance.now() - at, rss: process.memoryUsage().rss, cpu: user + system }),
  );
}
await cloud.close();
