/**
 * Regular expressions of people, over texts of other people: the work of a match is at most the product of the two lengths, and
 * counted. All places that an expression can have come to are gone on with at once (K. Thompson: Regular Expression Search Algorithm,
 * CACM 11, 1968), so that nothing is tried twice. There are no groups to read and nothing refers back to one.
 */

import { type Holds, type PatternNode, PatternRefused, readPattern } from "./linear-pattern-nodes.ts";
import type { StepCount } from "./step-count.ts";

/** Steps of a program: an expression that is repeated a number of times is in it as often. */
const maxProgram = 20_000;

type Step =
  | { readonly kind: "char"; readonly matches: (char: string) => boolean }
  | { readonly kind: "place"; readonly holds: Holds }
  | { readonly kind: "look"; readonly program: Program; readonly isNegated: boolean }
  /** Goes on at each of these. */
  | { kind: "fork"; to: readonly number[] }
  | { readonly kind: "end" };

interface Program {
  readonly steps: readonly Step[];
  /** From a place towards the start of the text, for what is looked for behind it. */
  readonly isBackward: boolean;
}

export interface LinearPattern {
  /** Whether it is found anywhere in the text. @throws StepsExceeded */
  test(text: string, count: StepCount): boolean;
}

/**
 * A pattern in the syntax of the language, as with the flag `u`.
 *
 * @throws SyntaxError for what is no pattern, PatternRefused for one that cannot be bounded
 */
export function createLinearPattern(source: string): LinearPattern {
  // Says what is wrong with it, if anything is.
  new RegExp(source, "u");
  const program = toProgram(readPattern(source), { isBackward: false, room: { left: maxProgram } });
  return {
    test: (text, count) => run(program, { chars: Array.from(text), from: 0, isSearch: true, count }),
  };
}

interface Compiling {
  readonly isBackward: boolean;
  readonly room: { left: number };
}

function toProgram(node: PatternNode, compiling: Compiling): Program {
  const { isBackward, room } = compiling;
  const steps: Step[] = [];

  function add(step: Step): number {
    steps.push(step);
    return steps.length - 1;
  }

  function addNode(each: PatternNode): void {
    // What has no steps takes its time as well.
    if (--room.left < 0) throw new PatternRefused(`it repeats so much that it has more than ${maxProgram} parts`);
    switch (each.kind) {
      case "char":
      case "place":
        add(each);
        return;
      case "look":
        add({
          kind: "look",
          program: toProgram(each.node, { isBackward: each.isBehind, room }),
          isNegated: each.isNegated,
        });
        return;
      case "all":
        for (const one of isBackward ? each.nodes.toReversed() : each.nodes) addNode(one);
        return;
      case "any":
        addBranches(each.nodes);
        return;
      case "repeat":
        addRepeat(each);
    }
  }

  function addBranches(nodes: readonly PatternNode[]): void {
    const fork: Step = { kind: "fork", to: [] };
    add(fork);
    const ends: { kind: "fork"; to: readonly number[] }[] = [];
    fork.to = nodes.map((node) => {
      const start = steps.length;
      addNode(node);
      const end: Step = { kind: "fork", to: [] };
      add(end);
      ends.push(end);
      return start;
    });
    for (const end of ends) end.to = [steps.length];
  }

  function addRepeat({ node, min, max }: Extract<PatternNode, { readonly kind: "repeat" }>): void {
    for (let count = 0; count < min; count++) addNode(node);
    if (max === Number.POSITIVE_INFINITY) {
      const loop: Step = { kind: "fork", to: [] };
      const start = add(loop);
      addNode(node);
      add({ kind: "fork", to: [start] });
      loop.to = [start + 1, steps.length];
      return;
    }
    const exits: { kind: "fork"; to: readonly number[] }[] = [];
    for (let count = min; count < max; count++) {
      const exit: Step = { kind: "fork", to: [] };
      const start = add(exit);
      exit.to = [start + 1];
      exits.push(exit);
      addNode(node);
    }
    for (const exit of exits) exit.to = [...exit.to, steps.length];
  }

  addNode(node);
  add({ kind: "end" });
  return { steps, isBackward };
}

interface Running {
  readonly chars: readonly string[];
  readonly from: number;
  /** Whether it may begin further on, too. */
  readonly isSearch: boolean;
  readonly count: StepCount;
}

function run({ steps, isBackward }: Program, { chars, from, isSearch, count }: Running): boolean {
  /** When a step was last come to, by the number of the character. */
  const seen = new Int32Array(steps.length).fill(-1);
  count.spend(steps.length >> 4);
  const waiting: number[] = [];
  let now: number[] = [];

  /** All that is come to from there without a character; true at the end. */
  function reach(start: number, at: number, into: number[]): boolean {
    waiting.push(start);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen[next] === at) continue;
      seen[next] = at;
      count.spend(1);
      const step = steps[next] as Step;
      switch (step.kind) {
        case "char":
          into.push(next);
          break;
        case "fork":
          waiting.push(...step.to);
          break;
        case "place":
          if (step.holds(chars, at)) waiting.push(next + 1);
          break;
        case "look": {
          const found = run(step.program, { chars, from: at, isSearch: false, count });
          if (found !== step.isNegated) waiting.push(next + 1);
          break;
        }
        case "end":
          waiting.length = 0;
          return true;
      }
    }
    return false;
  }

  if (reach(0, from, now)) return true;
  const end = isBackward ? 0 : chars.length;
  for (let at = from; at !== end; ) {
    const char = chars[isBackward ? at - 1 : at] as string;
    at += isBackward ? -1 : 1;
    const then: number[] = [];
    for (const each of now) {
      count.spend(1);
      const step = steps[each] as Step;
      if (step.kind === "char" && step.matches(char) && reach(each + 1, at, then)) return true;
    }
    if (isSearch && reach(0, at, then)) return true;
    if (then.length === 0 && !isSearch) return false;
    now = then;
  }
  return false;
}
