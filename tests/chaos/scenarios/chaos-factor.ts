/** How much more than on each change is done, by MILLRACE_CHAOS_FACTOR: a whole number, 1 by default. At night it is more. */
export function chaosFactor(): number {
  const text = process.env.MILLRACE_CHAOS_FACTOR ?? "";
  if (text === "") return 1;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`MILLRACE_CHAOS_FACTOR: ${text} is not a whole number from 1`);
  return Number(text);
}
