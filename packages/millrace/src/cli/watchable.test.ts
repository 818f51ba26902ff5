import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { findCommand } from "./find-command.ts";
import { createOutput } from "./output/output.ts";
import { defineCommand } from "./command.ts";
import { watchable } from "./watchable.ts";
import { withPage } from "./with-page.ts";

/** A command that shows the next of these each time, and is interrupted after the last. */
async function watch(shown: readonly string[], words: { readonly watch: boolean }): Promise<string> {
  const stopping = new AbortController();
  const printed: string[] = [];
  const left = [...shown];
  const command = watchable(
    defineCommand({
      summary: "Show",
      positionals: {},
      options: {},
      examples: [],
      async run(_, { out }) {
        out.line(left.shift());
        if (left.length === 0) stopping.abort();
        return undefined;
      },
    }),
  );
  const stream = { write: (text: string) => printed.push(text), on: () => stream, isTTY: false };
  const context = {
    out: createOutput({ stream: stream as never, color: "never" }),
    json: false,
    clock: { sleep: async () => undefined },
    interrupt: () => stopping.signal,
    openHost: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  };
  await command.run({ args: {}, options: words }, context as never);
  return printed.join("");
}

test("what is watched is shown again when it is another", async () => {
  expect(await watch(["a", "a", "b", "b", "c"], { watch: true })).toBe("a\nb\nc\n");
  expect(await watch(["a", "b"], { watch: false })).toBe("a\n");
});

test("lists can be watched, and what has a page can be shown there", async () => {
  const optionsOf = async (path: string): Promise<readonly string[]> => {
    const found = findCommand(path.split(" "));
    return found.kind === "command" ? Object.keys((await found.entry.load()).options) : [];
  };
  for (const noun of ["flow-run", "task-run", "deployment", "work-pool", "work-queue", "worker", "inbox"]) {
    expect(await optionsOf(`${noun} ls`)).toContain("watch");
  }
  for (const noun of ["block", "variable", "secret", "webhook", "concurrency-limit", "global-concurrency-limit"]) {
    expect(await optionsOf(`${noun} ls`)).toContain("watch");
  }
  for (const noun of ["flow-run", "task-run", "flow", "deployment", "work-pool", "automation", "block"]) {
    expect(await optionsOf(`${noun} inspect`)).toContain("web");
  }
  for (const path of ["concurrency-limit inspect", "global-concurrency-limit inspect", "variable get"]) {
    expect(await optionsOf(path)).toContain("web");
  }
  for (const noun of [
    "flow-run",
    "flow",
    "deployment",
    "work-pool",
    "worker",
    "automation",
    "event",
    "inbox",
    "block",
  ]) {
    expect(await optionsOf(`${noun} ls`)).toContain("web");
  }
  for (const path of ["flow-run inspect", "deployment inspect", "work-pool inspect", "flow-run why"]) {
    expect(await optionsOf(path)).toContain("watch");
  }
});

test("a page is the server's, which is asked whether it has it; without one there is none", async () => {
  const printed: string[] = [];
  const said: string[] = [];
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const inner = defineCommand({
    summary: "Show",
    positionals: {},
    options: {},
    examples: [],
    run: async () => undefined,
  });
  const command = withPage(inner, { kind: "work-pool", find: async () => "my pool" });
  const go = async (serverUrl: string | null) => {
    const host = { serverUrl, api: {}, [Symbol.asyncDispose]: async () => undefined };
    const context = {
      out: { line: (text: string) => printed.push(text) },
      err: { line: (text: string) => said.push(text) },
      json: false,
      openHost: async () => host,
    };
    await command.run({ args: {}, options: { web: true } }, context as never);
  };
  await go(`${url}/`);
  expect(printed).toEqual([`${url}/work-pools/work-pool/my%20pool`]);
  expect(said).toEqual([]);
  status = 404;
  await go(url);
  expect(said).toEqual(["The server has no page there: it answers 404."]);
  server.close();
  await expect(go(null)).rejects.toMatchObject({ code: "USAGE" });
});
