import { flow, pause, signal, suspend } from "millrace";

interface Answer {
  readonly approved: boolean;
}

const answerSchema = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) =>
      typeof (value as Partial<Answer> | null)?.approved === "boolean"
        ? { value: value as Answer }
        : { issues: [{ message: "`approved` must be true or false" }] },
    types: undefined as unknown as { readonly input: Answer; readonly output: Answer },
  },
} as const;

export const approval = flow({ name: "approval" }, async () => {
  const { approved } = await pause({ input: answerSchema, description: "Ship it?", key: "ship" });
  return approved ? "shipped" : "kept";
});

export const later = flow({ name: "later" }, async () => {
  const { approved } = await suspend({ input: answerSchema, key: "ship-later" });
  return approved ? "shipped later" : "kept";
});

export const around = flow({ name: "around" }, async () => `around: ${await later()}`);

const go = signal<{ readonly by: string }>("go");

export const signalled = flow({ name: "signalled" }, async () => {
  const { by } = await go.wait();
  return `sent by ${by}`;
});
