/** Options of Node that concern one process only: its debugger's port, code it was given in place of a file. */
const ofOneProcess = /^(--(inspect|input-type|eval|print|watch|test)|-(e|p|pe)$)/;
const takesCode = /^(--eval|--print|-e|-p|-pe)$/;

/** This process's options of Node (conditions, loaders, bounds) as far as a worker shares them. */
export function inheritedOptions(execArgv: readonly string[]): string[] {
  return execArgv.filter((option, index) => !ofOneProcess.test(option) && !takesCode.test(execArgv[index - 1] ?? ""));
}
