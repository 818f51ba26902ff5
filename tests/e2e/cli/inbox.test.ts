import { expect, test } from "vitest";
import { createLedger, until } from "./millrace.ts";

test("a person finds what waits, sees the form, and answers it", async () => {
  const ledger = createLedger();
  expect((await ledger.run(["inbox", "ls"])).stdout).toBe("Nothing waits for you.\n");
  const running = ledger.start(["run", "form.ts"]);
  const waiting = async () => (await ledger.json<readonly { id: string }[]>("inbox", "ls"))[0];
  const { id } = await until(waiting);
  expect((await ledger.run(["inbox", "ls"])).stdout).toMatch(/^[0-9a-f-]{13} +form +[a-z-]+ +Publish the report\? +/m);

  const shown = (await ledger.run(["inbox", "inspect", "latest"])).stdout;
  expect(shown).toMatch(/^Asks +Publish the report\?$/m);
  expect(shown).toMatch(/^approve +boolean +yes +May it go out\?$/m);
  expect(shown).toMatch(/^channel +one of mail, chat +else "mail"$/m);
  expect(shown).toMatch(/^millrace inbox answer [0-9a-f-]{13} -p approve=<boolean>$/m);
  expect(await ledger.json("flow-run", "why", id)).toMatchObject({ verdict: "held", holds: [{ kind: "pause" }] });

  const none = await ledger.run(["inbox", "answer", id]);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("The run waits for an answer: approve (boolean)");
  const wrong = await ledger.run(["inbox", "answer", id, "-p", "approve=perhaps"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("error[INPUT_INVALID]");
  expect(wrong.stderr).toContain("approve must be boolean");

  const answered = await ledger.run(["inbox", "answer", id, "-p", "approve=true", "-p", "channel=chat"]);
  expect(answered).toMatchObject({ code: 0, stderr: "" });
  expect(await running.ended).toMatchObject({ code: 0, stdout: "published by chat\n" });
  const late = await ledger.run(["inbox", "answer", id, "-p", "approve=true"]);
  expect(late.code).toBe(2);
  expect(late.stderr).toContain("waits for nobody");
});

test("a suspended run goes on where it is answered", async () => {
  const ledger = createLedger();
  await ledger.run(["run", "waiting.ts:later"]);
  const answered = await ledger.run(["inbox", "answer", "latest", "--input", '{"approved":true}', "-q"]);
  expect(answered).toMatchObject({ code: 0, stdout: "shipped later\n" });
});
