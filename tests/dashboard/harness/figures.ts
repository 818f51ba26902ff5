/** Figures that a test tells, for whoever reads what it printed. */

export const kB = 1000;

export const print = (what: string, value: string): void => void process.stdout.write(`  ${what}: ${value}\n`);

export const ms = (value: number | undefined): string => `${Math.round(value ?? Number.NaN)} ms`;
