import { type Look, type WaitOptions, waitUntilFound } from "./waiting.ts";

export interface WaitForOptions extends WaitOptions {
  /** What is waited for, for people and errors. Default: the name of the condition's function, or "condition". */
  readonly name?: string;
}

type Missing = undefined | null | false;

/**
 * Waits until a condition holds, and gives back its value. The wait is a step of the run: once it is over, a resumed run is
 * given the same value. Outside a run it just waits.
 *
 * @example const order = await waitFor(() => findOrder(id), { name: `order ${id}`, timeout: "2h" });
 * @param condition gives a value when it holds; undefined, null or false while it does not. What it throws ends the wait
 * @throws TIMED_OUT, RangeError for a duration that is none
 */
export async function waitFor<Value>(
  condition: (look: Look) => Promise<Value | Missing> | Value | Missing,
  { name, ...options }: WaitForOptions = {},
): Promise<Value> {
  return waitUntilFound<Value>({
    name: "wait-for",
    subject: name ?? (condition.name === "" ? "condition" : condition.name),
    options,
    async look(look) {
      const value = await condition(look);
      return value === undefined || value === null || value === false ? { isFound: false } : { isFound: true, value };
    },
  });
}

/**
 * Waits until a query gives a row, and gives the row back. The query goes through a client of your own; where it gives rows,
 * hand back the first.
 *
 * @example const row = await waitForRow(async () => (await pool.query("select * from loads where day = $1", [day])).rows[0]);
 * @throws TIMED_OUT, RangeError for a duration that is none; what the query throws
 */
export async function waitForRow<Row extends object>(
  query: (look: Look) => Promise<Row | undefined | null>,
  { name = query.name === "" ? "row" : query.name, ...options }: WaitForOptions = {},
): Promise<Row> {
  return waitUntilFound<Row>({
    name: "wait-for-row",
    subject: name,
    options,
    async look(look) {
      const row = await query(look);
      return row === undefined || row === null ? { isFound: false } : { isFound: true, value: row };
    },
  });
}
