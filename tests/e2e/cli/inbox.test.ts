import { expect, test } from "vitest";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { createLedger, type Ledger, until } from "./millrace.ts";

interface Item {
  readonly flowRunId: string;
}

const firstOf = (ledger: Ledger): Promise<Item> =>
  until(async () => (await ledger.json<readonly Item[]>("inbox", "ls"))[0]);

test("a person finds what waits, sees the form, and answers it", async () => {
  const ledger = createLedger();
  expect((await ledger.run(["inbox", "ls"])).stdout).toBe("Nothing waits for you.\n");
  const running = ledger.start(["run", "form.ts"]);
  const { flowRunId: id } = await firstOf(ledger);
  expect((await ledger.run(["inbox", "ls"])).stdout).toMatch(/^[0-9a-f-]{13} +form +[a-z-]+ +Publish the report\? +/m);

  const shown = (await ledger.run(["inbox", "inspect", "latest"])).stdout;
  expect(shown).toMatch(/^Asks +Publish the report\?$/m);
  expect(shown).toMatch(/^May answer +ada, ops$/m);
  expect(shown).toMatch(/^Then +the run fails$/m);
  expect(shown).toMatch(/^approve +boolean +yes +May it go out\?$/m);
  expect(shown).toMatch(/^channel +one of mail, chat +else "mail"$/m);
  expect(shown).toMatch(/^millrace inbox answer [0-9a-f-]{13} -p approve=<boolean>$/m);
  expect(await ledger.json("flow-run", "why", id)).toMatchObject({ verdict: "held", holds: [{ kind: "pause" }] });

  const none = await ledger.run(["inbox", "answer", id]);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("The run waits for an answer: approve (boolean)");
  const wrong = await ledger.run(["inbox", "answer", id, "-p", "approve=perhaps", "--as", "ada"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("error[INPUT_INVALID]");
  expect(wrong.stderr).toContain("approve must be boolean");

  const answered = await ledger.run(["inbox", "answer", id, "-p", "approve=true", "-p", "channel=chat", "--as", "ada"]);
  expect(answered).toMatchObject({ code: 0, stderr: "" });
  expect(answered.stdout).toMatch(/^Answered by ada\. The run is \w+, in its own process\.$/m);
  expect(await running.ended).toMatchObject({ code: 0, stdout: "published by chat\n" });
  const late = await ledger.run(["inbox", "answer", id, "-p", "approve=true"]);
  expect(late.code).toBe(1);
  expect(late.stderr).toContain("error[PAUSE_NOT_WAITING]");
  expect((await ledger.run(["inbox", "inspect", id])).stdout).toMatch(/"channel":"chat"\} +taken$/m);
});

test("a suspended run goes on where it is answered, unless its own check refuses the answer", async () => {
  const ledger = createLedger();
  await ledger.run(["run", "release.ts", "-p", "version=2.0.0"]);
  expect((await ledger.run(["inbox", "ls"])).stdout).toMatch(/ Publish 2\.0\.0\? +ada, grace .* default$/m);
  const shown = (await ledger.run(["inbox", "inspect", "latest"])).stdout;
  expect(shown).toMatch(/^May answer +ada, grace$/m);
  expect(shown).toMatch(/^Then +the run is answered \{"approved":false,"note":"nobody answered"\}$/m);
  expect(shown).toContain("\nSee the **changes** first.\n");
  expect(shown).toMatch(/^note +text, at least 3 characters +else "as usual"/m);

  const words = ["inbox", "answer", "latest", "-p", "approved=true", "--as"];
  const refused = await ledger.run([...words, "ada", "-p", "note=no idea"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Answered by ada. It goes on here.");
  expect(refused.stderr).toMatch(/did not accept the answer, and goes on waiting: .*is no reason/);
  expect((await ledger.run(["inbox", "inspect", "latest"])).stdout).toMatch(/ approval +ada .* refused: /m);

  const answered = await ledger.run([...words, "grace", "-q"]);
  expect(answered).toMatchObject({ code: 0, stdout: "2.0.0 is out: as usual\n", stderr: "" });
  const { history } = await ledger.json<{ readonly history: readonly object[] }>("inbox", "inspect", "latest");
  expect(history).toMatchObject([
    { answeredBy: "ada", state: "refused" },
    { answeredBy: "grace", state: "taken", value: { approved: true, note: "as usual" } },
  ]);
});

test("over a server: a suspended run that was answered over HTTP goes on without asking again", async () => {
  const server = await startServer(createLedger());
  const ledger = createRemoteLedger(server.url);
  await ledger.run(["run", "release.ts", "-p", "version=2.0.0"]);
  const { flowRunId } = await firstOf(ledger);
  const body = { flowRunId, input: { approved: true, note: "by mail" }, answeredBy: "ada" };
  expect((await post(`${server.url}/v1/inbox/answer`, body)).status).toBe(200);

  const second = await ledger.run(["inbox", "answer", flowRunId, "-p", "approved=false"]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain("error[PAUSE_ANSWERED]");
  expect(second.stderr).toContain("by ada");
  const input = '{"approved":false,"note":"too late"}';
  const other = await ledger.run(["flow-run", "resume", flowRunId, "--input", input]);
  expect(other.stderr).toContain("error[PAUSE_ANSWERED]");

  const resumed = await ledger.run(["flow-run", "resume", flowRunId, "-q"]);
  expect(resumed).toMatchObject({ code: 0, stdout: "2.0.0 is out: by mail\n" });
  await server.end("SIGTERM");
});

test("a suspended run of a deployment is started again by its answer, in a process of its own", async () => {
  const ledger = createLedger();
  const serving = ledger.startFile("release.ts");
  await until(() => serving.printed().stderr.includes("Ctrl-C stops it"));
  await ledger.run(["deployment", "run", "release/by-hand"]);
  const { flowRunId } = await firstOf(ledger);
  const answered = await ledger.run(["inbox", "answer", flowRunId, "-p", "approved=true", "--as", "ada"]);
  expect(answered).toMatchObject({ code: 0, stdout: "Answered by ada. It is Resuming, and is started again.\n" });
  const run = await until(async () => {
    const found = await ledger.json<{ readonly endedAt: number | null }>("flow-run", "inspect", flowRunId, "--result");
    return found.endedAt !== null && found;
  });
  expect(run).toMatchObject({ state: { type: "COMPLETED" }, value: "2.0.0 is out: as usual" });
  serving.child.kill("SIGTERM");
  await serving.ended;
});

test("over a server: the form of a run of Prefect's client is filled in, and the answer is where it looks", async () => {
  const server = await startServer(createLedger());
  const ledger = createRemoteLedger(server.url);
  const api = `${server.url}/api`;
  const id = await startGuest(api);
  const shown = (await ledger.run(["inbox", "inspect", id])).stdout;
  expect(shown).toMatch(/^Asks +Release it\?$/m);
  expect(shown).toMatch(/^approved +boolean +yes$/m);
  expect(shown).toMatch(/^channel +one of mail, chat +else "mail"$/m);
  const wrong = await ledger.run(["inbox", "answer", id, "-p", "approved=many"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("approved must be boolean");

  const answered = await ledger.run(["inbox", "answer", id, "-p", "approved=true", "-p", "note=1.0", "--as", "ada"]);
  expect(answered).toMatchObject({ code: 0, stdout: "Answered by ada. The run is Running, in its own process.\n" });
  const read = await fetch(`${api}/flow_runs/${id}/input/${keyset.response}`);
  expect(await read.json()).toEqual({ approved: true, note: "1.0" });
  expect((await ledger.run(["inbox", "ls"])).stdout).toBe("Nothing waits for you.\n");
  await server.end("SIGTERM");
});

const keyset = {
  schema: "paused-1-schema",
  response: "paused-1-response",
  description: "paused-1-description",
};

/** What Prefect's client sends of a flow that pauses for a model: a run, its pause, and then its form. */
async function startGuest(api: string): Promise<string> {
  const flow = await created(`${api}/flows/`, { name: "guest" });
  const state = { type: "RUNNING", name: "Running" };
  const run = await created(`${api}/flow_runs/`, { flow_id: flow.id, name: "guest-1", state });
  const details = { pause_timeout: new Date(Date.now() + 3_600_000), pause_key: "1", run_input_keyset: keyset };
  const paused = { type: "PAUSED", name: "Paused", state_details: { ...details, pause_reschedule: false } };
  const set = await post(`${api}/flow_runs/${run.id}/set_state`, { state: paused, force: false });
  expect(await set.json()).toMatchObject({ status: "ACCEPT" });
  const schema = {
    title: "Answer",
    type: "object",
    definitions: { Channel: { type: "string", enum: ["mail", "chat"] } },
    properties: {
      approved: { type: "boolean" },
      note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
      channel: { allOf: [{ $ref: "#/definitions/Channel" }], default: "mail" },
    },
    required: ["approved"],
  };
  await send(keyset.schema, schema);
  await send(keyset.description, "Release it?");
  return run.id;

  async function send(key: string, value: unknown): Promise<void> {
    const answer = await post(`${api}/flow_runs/${run.id}/input`, { key, value: JSON.stringify(value), sender: null });
    expect(answer.ok).toBe(true);
  }
}

async function created(url: string, body: object): Promise<{ readonly id: string }> {
  const answer = await post(url, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as { readonly id: string };
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
