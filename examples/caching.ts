/**
 * Caching: the same inputs and the same code give the same result, so it is computed once; in this run, in the next,
 * and in any flow. Policies compose; a key of your own is a function.
 *
 *   node examples/caching.ts    (twice: the second run computes nothing, until the hour is over)
 */

import { setTimeout as sleep } from "node:timers/promises";
import { code, flow, inputs, task } from "millrace";

let computed = 0;

const embed = task({ name: "embed", cache: inputs().and(code()), expiresIn: "1h" }, async (text: string) => {
  computed++;
  await sleep(200);
  return Array.from(text, (letter) => letter.charCodeAt(0) / 128);
});

// The attempt number is no reason to compute again: it is left out of the key.
const translate = task(
  { name: "translate", cache: inputs().without("attempt") },
  async (text: string, attempt: number) => {
    computed++;
    return `${text}, translated at attempt ${attempt}`;
  },
);

// A key of your own: any case of a word is the same word.
const define = task(
  { name: "define", cache: ({ args }) => `define-${String(args[0]).toLowerCase()}` },
  async (word: string) => {
    computed++;
    return `what ${word} means`;
  },
);

export const learn = flow({ name: "learn" }, async ({ words }: { words: string[] }) => {
  for (const word of words) await embed(word);
  await translate("millrace", 1);
  await translate("millrace", 2);
  await define("River");
  return await define("RIVER");
});

if (import.meta.main) {
  console.log(await learn({ words: ["mill", "race", "mill", "race"] }));
  console.log(`Computed: ${computed} of 8 calls`);
}
