import { flow, suspend } from "millrace";
import { z } from "zod";

const answer = z.object({ approved: z.boolean(), note: z.string().min(3) });

export const release = flow({ name: "release" }, async ({ version }: { readonly version: string }) => {
  const { approved, note } = await suspend({
    key: "approval",
    title: `Publish ${version}?`,
    description: "See the **changes** first.",
    input: answer.refine(({ note: text }) => text !== "no idea", { message: "is no reason", path: ["note"] }),
    initialValues: { note: "as usual" },
    answerers: ["ada", "grace"],
    timeout: "3d",
    onTimeout: { answer: { approved: false, note: "nobody answered" } },
  });
  return `${version} is ${approved ? "out" : "held back"}: ${note}`;
});

if (import.meta.main) await release.serve({ name: "by-hand", parameters: { version: "2.0.0" } });
