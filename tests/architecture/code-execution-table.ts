/**
 * Text becomes a command or code nowhere, but where this table says. What is started is started by name with a list of words,
 * so that no shell reads them.
 */

export interface ExecutionRule {
  /** As found: an imported name, a call, a module, or a property set to true. */
  readonly name: string;
  readonly instead: string;
  /** Files of packages/millrace/src, as glob patterns, with why. */
  readonly allowedIn: Readonly<Record<string, string>>;
}

const none = {};
const spawnInstead = "execFile or spawn of node:child_process, with a list of words";

export const executionTable: readonly ExecutionRule[] = [
  { name: "node:child_process exec", instead: spawnInstead, allowedIn: none },
  { name: "node:child_process execSync", instead: spawnInstead, allowedIn: none },
  { name: "shell:", instead: spawnInstead, allowedIn: none },
  { name: "eval()", instead: "data, and a function that reads it", allowedIn: none },
  { name: "new Function()", instead: "data, and a function that reads it", allowedIn: none },
  { name: "Function()", instead: "data, and a function that reads it", allowedIn: none },
  { name: "node:vm", instead: "a process of its own", allowedIn: none },
  { name: "v8.deserialize()", instead: "JSON that is checked by a schema", allowedIn: none },
];
