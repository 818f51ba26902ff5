/** Calls of tasks outside any flow run: nothing but a slot tells whose they are. */

/** The limit whose slots they hold while they are under way, each under its own id. It keeps none of them waiting. */
export const looseTaskLimit = { name: "millrace: task runs outside flow runs", limit: 1_000_000 } as const;
