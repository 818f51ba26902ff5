/** The smallest flow. */

import { flow, task } from "millrace";

const greet = task({ name: "greet" }, async (name: string) => `Hello, ${name}!`);

const hello = flow({ name: "hello" }, async () => greet("world"));

if (import.meta.main) {
  const startedAt = performance.now();
  const greeting = await hello();
  if (greeting !== "Hello, world!") throw new Error(`the flow returned ${String(greeting)}`);
  process.stdout.write(`${JSON.stringify({ flowMs: performance.now() - startedAt })}\n`);
}
