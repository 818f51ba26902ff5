import { appendFileSync, existsSync } from "node:fs";
import { flow, task } from "millrace";

const note = (line: string): void => appendFileSync(process.env.DIARY ?? "/dev/null", `${line}\n`);

const prepare = task({ name: "prepare" }, async () => {
  note("prepare");
  return 1;
});

const publish = task({ name: "publish" }, async (value: number) => {
  note("publish");
  if (!existsSync(process.env.MENDED ?? "")) throw new TypeError("the shelf is full");
  return value + 1;
});

/** Fails until the file MENDED is there. */
export const failing = flow({ name: "failing" }, async () => publish(await prepare()));
