import { expect, test } from "vitest";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { createLedger, type Ledger } from "./millrace.ts";

const stdoutOf = async (ledger: Ledger, ...args: readonly string[]): Promise<string> => {
  const ended = await ledger.run(args);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout;
};

test("over a server: an event is emitted and streamed, and the nouns are the same", async () => {
  const server = await startServer(createLedger());
  const ledger = createRemoteLedger(server.url);
  const stream = ledger.start(["event", "stream", "--name", "report.*", "--count", "1", "--json"]);
  const emit = ["event", "emit", "report.late", "-r", "report.daily", "-l", "name=daily", "--payload", '{"by":"2h"}'];
  // Sent again until the stream has begun.
  const sending = { isDone: false };
  void stream.ended.then(() => (sending.isDone = true));
  while (!sending.isDone) await ledger.run(emit);
  expect(JSON.parse((await stream.ended).stdout)).toMatchObject({
    name: "report.late",
    resource: { id: "report.daily", name: "daily" },
    payload: { by: "2h" },
  });
  await stdoutOf(ledger, "work-pool", "create", "remote");
  expect(await stdoutOf(ledger, "work-queue", "ls")).toMatch(/^remote +default +1 /m);
  expect((await ledger.run(["work-pool", "inspect", "remot"])).stderr).toContain("Did you mean `remote`?");
  await server.end("SIGTERM");
});
