/** Fills a template that was read. Each part that is evaluated is counted, so that it ends. */

import { type Filter, type FilterCall, filters } from "./safe-template-filters.ts";
import { maxRange, TemplateError } from "./safe-template-limits.ts";
import { callMethod } from "./safe-template-methods.ts";
import type { Arguments, BinaryOperator, Comparison, Expression, Node } from "./safe-template-nodes.ts";
import { tests } from "./safe-template-tests.ts";
import {
  charsPerPart,
  compareValues,
  contains,
  isEqual,
  isTrue,
  lookUp,
  missing,
  nameOfType,
  type Spend,
  toItems,
  toText,
} from "./safe-template-values.ts";

export interface RunOptions {
  readonly values: Readonly<Record<string, unknown>>;
  readonly filters: Readonly<Record<string, Filter>>;
  readonly maxSteps: number;
  readonly maxChars: number;
}

/** Names that a template has set or that a loop gives, innermost last. */
type Scope = Map<string, unknown>;

interface Run {
  readonly options: RunOptions;
  readonly scopes: Scope[];
  readonly spend: Spend;
  readonly text: (value: unknown) => string;
}

/** @throws TemplateError */
export function runTemplate(nodes: readonly Node[], options: RunOptions): string {
  const run = createRun(options);
  const output: string[] = [];
  let chars = 0;
  runNodes(run, nodes, (text) => {
    chars += text.length;
    if (chars > options.maxChars) throw new TemplateError(`the text is longer than ${options.maxChars} characters`);
    output.push(text);
  });
  return output.join("");
}

/** The value of an expression that stands alone. @throws TemplateError */
export function runExpression(expression: Expression, options: RunOptions): unknown {
  return evaluate(createRun(options), expression);
}

function createRun(options: RunOptions): Run {
  let steps = 0;
  const spend = (parts: number): void => {
    steps += parts;
    if (steps > options.maxSteps) throw new TemplateError(`the template takes more than ${options.maxSteps} steps`);
  };
  const text = (value: unknown): string => {
    const made = toText(value, spend);
    spend(made.length / charsPerPart);
    if (made.length > options.maxChars) throw new TemplateError(`a text is longer than ${options.maxChars} characters`);
    return made;
  };
  return { options, scopes: [new Map()], spend, text };
}

function runNodes(run: Run, nodes: readonly Node[], write: (text: string) => void): void {
  for (const node of nodes) {
    run.spend(1);
    if (node.kind === "text") write(node.text);
    else atLine(node.line, () => runNode(run, node, write));
  }
}

/** Says in which line of the template something went wrong. */
function atLine(line: number, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw error instanceof TemplateError && error.line === null ? new TemplateError(error.message, line) : error;
  }
}

function runNode(run: Run, node: Exclude<Node, { readonly kind: "text" }>, write: (text: string) => void): void {
  switch (node.kind) {
    case "output":
      write(run.text(evaluate(run, node.value)));
      return;
    case "set":
      run.scopes.at(-1)?.set(node.name, evaluate(run, node.value));
      return;
    case "if": {
      const branch = node.branches.find(({ test }) => isTrue(evaluate(run, test), run.spend));
      runNodes(run, branch?.body ?? node.otherwise, write);
      return;
    }
    case "for":
      runLoop(run, node, write);
  }
}

function runLoop(run: Run, node: Extract<Node, { readonly kind: "for" }>, write: (text: string) => void): void {
  const scope: Scope = new Map();
  run.scopes.push(scope);
  const bind = (item: unknown): void => {
    run.spend(1);
    const [only] = node.names;
    if (node.names.length === 1 && only !== undefined) scope.set(only, item);
    else {
      const parts = toItems(item, run.spend);
      if (parts.length !== node.names.length) {
        throw new TemplateError(`an item has ${parts.length} parts, and the loop names ${node.names.length}`);
      }
      for (const [index, name] of node.names.entries()) scope.set(name, parts[index]);
    }
  };
  const all = toItems(evaluate(run, node.items), run.spend);
  const { test } = node;
  const kept =
    test === null
      ? all
      : all.filter((item) => {
          bind(item);
          return isTrue(evaluate(run, test), run.spend);
        });
  for (const [index, item] of kept.entries()) {
    scope.clear();
    bind(item);
    scope.set("loop", loopValues(kept, index));
    runNodes(run, node.body, write);
  }
  run.scopes.pop();
  if (kept.length === 0) runNodes(run, node.otherwise, write);
}

function loopValues(items: readonly unknown[], index: number): Readonly<Record<string, unknown>> {
  return {
    index: index + 1,
    index0: index,
    revindex: items.length - index,
    revindex0: items.length - index - 1,
    first: index === 0,
    last: index === items.length - 1,
    length: items.length,
    previtem: items[index - 1] ?? missing,
    nextitem: items[index + 1] ?? missing,
  };
}

function evaluate(run: Run, node: Expression): unknown {
  run.spend(1);
  switch (node.kind) {
    case "literal":
      return node.value;
    case "name":
      return readName(run, node.name);
    case "list":
      return node.items.map((item) => evaluate(run, item));
    case "mapping":
      return createMapping(node.entries.map(({ key, value }) => [run.text(evaluate(run, key)), evaluate(run, value)]));
    case "attribute":
      return lookUp(evaluate(run, node.of), node.name);
    case "item":
      return lookUp(evaluate(run, node.of), evaluate(run, node.key));
    case "slice":
      return slice(run, node);
    case "call":
      return callValue(run, node);
    case "filter":
      return applyFilter(run, {
        name: node.name,
        value: evaluate(run, node.of),
        ...evaluateArguments(run, node.given),
      });
    case "test": {
      const { args } = evaluateArguments(run, node.given);
      return applyTest(run, { name: node.name, value: evaluate(run, node.of), args }) !== node.isNegated;
    }
    case "not":
      return !isTrue(evaluate(run, node.of), run.spend);
    case "negative":
      return -numberOf(evaluate(run, node.of), "-");
    case "and": {
      const left = evaluate(run, node.left);
      return isTrue(left, run.spend) ? evaluate(run, node.right) : left;
    }
    case "or": {
      const left = evaluate(run, node.left);
      return isTrue(left, run.spend) ? left : evaluate(run, node.right);
    }
    case "binary":
      return calculate(run, node.operator, evaluate(run, node.left), evaluate(run, node.right));
    case "compare":
      return compareAll(run, node);
    case "choice":
      if (isTrue(evaluate(run, node.test), run.spend)) return evaluate(run, node.then);
      return node.otherwise === null ? missing : evaluate(run, node.otherwise);
  }
}

function readName(run: Run, name: string): unknown {
  const scope = run.scopes.findLast((names) => names.has(name));
  return scope === undefined ? lookUp(run.options.values, name) : scope.get(name);
}

function createMapping(entries: readonly (readonly [string, unknown])[]): object {
  const mapping: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) mapping[name] = value;
  return mapping;
}

function slice(run: Run, node: Extract<Expression, { readonly kind: "slice" }>): unknown {
  const whole = evaluate(run, node.of);
  const start = node.start === null ? 0 : numberOf(evaluate(run, node.start), "[:]");
  const end = node.end === null ? undefined : numberOf(evaluate(run, node.end), "[:]");
  if (whole === missing) return missing;
  if (typeof whole === "string") return whole.slice(start, end);
  return toItems(whole, run.spend).slice(start, end);
}

function callValue(run: Run, node: Extract<Expression, { readonly kind: "call" }>): unknown {
  const given = evaluateArguments(run, node.given);
  if (node.of.kind === "attribute") {
    return callMethod(evaluate(run, node.of.of), node.of.name, createCall(run, given));
  }
  if (node.of.kind === "name" && node.of.name === "range") return createRange(run, given.args);
  if (node.of.kind === "name" && node.of.name === "dict") return createMapping(Object.entries(given.named));
  throw new TemplateError("a template calls range(), dict() and a few methods of texts and mappings only");
}

function createRange(run: Run, args: readonly unknown[]): readonly number[] {
  const numbers = args.map((arg) => numberOf(arg, "range()"));
  const [start = 0, end = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
  if (step === 0 || !numbers.every(Number.isSafeInteger))
    throw new TemplateError("range() takes whole numbers, and no step of 0");
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > maxRange) throw new TemplateError(`range() makes at most ${maxRange} numbers, and not ${count}`);
  run.spend(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

interface Given {
  readonly args: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

function evaluateArguments(run: Run, given: Arguments): Given {
  const named: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(given.named)) {
    const value = given.named[name];
    if (value !== undefined) named[name] = evaluate(run, value);
  }
  return { args: given.values.map((value) => evaluate(run, value)), named };
}

function createCall(run: Run, given: Given): FilterCall {
  return {
    ...given,
    spend: run.spend,
    text: run.text,
    filter: (name, value, args) => applyFilter(run, { name, value, args, named: {} }),
    test: (name, value, args) => applyTest(run, { name, value, args }),
  };
}

function applyFilter(run: Run, use: Given & { readonly name: string; readonly value: unknown }): unknown {
  const { name, value, args, named } = use;
  run.spend(1);
  const filter = Object.hasOwn(run.options.filters, name) ? run.options.filters[name] : filters.get(name);
  if (filter === undefined) throw new TemplateError(`there is no filter ${name}`);
  return filter(value, createCall(run, { args, named }));
}

function applyTest(
  run: Run,
  use: { readonly name: string; readonly value: unknown; readonly args: readonly unknown[] },
): boolean {
  const test = tests.get(use.name);
  if (test === undefined) throw new TemplateError(`there is no test ${use.name}`);
  return test(use.value, use.args, run.spend);
}

function compareAll(run: Run, node: Extract<Expression, { readonly kind: "compare" }>): boolean {
  let left = evaluate(run, node.first);
  for (const { operator, value } of node.rest) {
    const right = evaluate(run, value);
    if (!compare(operator, { left, right, spend: run.spend })) return false;
    left = right;
  }
  return true;
}

function compare(
  operator: Comparison,
  { left, right, spend }: { readonly left: unknown; readonly right: unknown; readonly spend: Spend },
): boolean {
  switch (operator) {
    case "==":
      return isEqual(left, right, spend);
    case "!=":
      return !isEqual(left, right, spend);
    case "in":
      return contains(right, left, spend);
    case "not in":
      return !contains(right, left, spend);
    case "<":
      return compareValues(left, right, spend) < 0;
    case "<=":
      return compareValues(left, right, spend) <= 0;
    case ">":
      return compareValues(left, right, spend) > 0;
    case ">=":
      return compareValues(left, right, spend) >= 0;
  }
}

function calculate(run: Run, operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (operator === "~") return run.text(left) + run.text(right);
  if (operator === "+" && typeof left === "string" && typeof right === "string")
    return run.text(left) + run.text(right);
  if (operator === "+" && Array.isArray(left) && Array.isArray(right)) {
    run.spend(left.length + right.length);
    return [...(left as unknown[]), ...(right as unknown[])];
  }
  const a = numberOf(left, operator);
  const b = numberOf(right, operator);
  if (b === 0 && (operator === "/" || operator === "//" || operator === "%"))
    throw new TemplateError("a division by zero");
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a - b * Math.floor(a / b);
    case "**":
      return a ** b;
  }
}

function numberOf(value: unknown, use: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw new TemplateError(`${nameOfType(value)} cannot stand at ${use}`);
}
