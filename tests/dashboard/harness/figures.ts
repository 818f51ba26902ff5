/** Figures that a test tells, for whoever reads what it printed. */

export const kB = 1000;

export const print = (what: string, value: string): void => void process.stdout.write(`  ${what}: ${value}\n`);

/** What was never seen is told, too. */
export const ms = (value: number | undefined): string => (value === undefined ? "never" : `${Math.round(value)} ms`);
