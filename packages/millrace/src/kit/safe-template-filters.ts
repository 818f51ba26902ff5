/** The filters of templates: Jinja's, as far as texts for people need them. */

import { TemplateError } from "./safe-template-limits.ts";
import {
  charsPerPart,
  compareValues,
  isEqual,
  isMapping,
  isTrue,
  lookUp,
  missing,
  nameOfType,
  namesOf,
  type Spend,
  toItems,
  toJsonText,
} from "./safe-template-values.ts";

/** What a filter works with. `spend` and `text` throw when a template has used what it may: call them before the work. */
export interface FilterCall {
  readonly args: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
  readonly spend: Spend;
  readonly text: (value: unknown) => string;
  /** Another filter or test by name, for those that apply one to each item. */
  readonly filter: (name: string, value: unknown, args: readonly unknown[]) => unknown;
  readonly test: (name: string, value: unknown, args: readonly unknown[]) => boolean;
}

export type Filter = (value: unknown, call: FilterCall) => unknown;

/** An argument by place or by name. */
function argument(call: FilterCall, place: number, name: string): unknown {
  return call.args[place] ?? (Object.hasOwn(call.named, name) ? call.named[name] : undefined);
}

function numberArgument(call: FilterCall, place: number, name: string, otherwise: number): number {
  const value = argument(call, place, name) ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TemplateError(`${name} must be a number`);
  return value;
}

function items(value: unknown, call: FilterCall): readonly unknown[] {
  return toItems(value, call.spend);
}

/** A dotted path into a value: `state.name`. */
function lookUpPath(value: unknown, path: unknown): unknown {
  if (typeof path !== "string") return lookUp(value, path);
  return path.split(".").reduce((part, name) => lookUp(part, /^\d+$/.test(name) ? Number(name) : name), value);
}

const defaultFilter: Filter = (value, call) => {
  const isAbsent = argument(call, 1, "boolean") === true ? !isTrue(value, call.spend) : value === missing;
  return isAbsent ? (argument(call, 0, "default_value") ?? "") : value;
};

const length: Filter = (value, call) => items(value, call).length;

const truncate: Filter = (value, call) => {
  const text = call.text(value);
  const max = numberArgument(call, 0, "length", 255);
  const end = call.text(argument(call, 2, "end") ?? "...");
  if (text.length <= max + numberArgument(call, 3, "leeway", 5)) return text;
  const head = text.slice(0, Math.max(0, max - end.length));
  const isCutAnywhere = argument(call, 1, "killwords") === true;
  const lastBlank = head.lastIndexOf(" ");
  return (isCutAnywhere || lastBlank === -1 ? head : head.slice(0, lastBlank)) + end;
};

const round: Filter = (value, call) => {
  const scale = 10 ** numberArgument(call, 0, "precision", 0);
  const scaled = toNumber(value, Number.NaN) * scale;
  switch (argument(call, 1, "method") ?? "common") {
    case "ceil":
      return Math.ceil(scaled) / scale;
    case "floor":
      return Math.floor(scaled) / scale;
    default:
      return (Math.sign(scaled) * Math.round(Math.abs(scaled))) / scale;
  }
};

function toNumber(value: unknown, otherwise: number): number {
  const number =
    typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value === missing ? Number.NaN : value);
  if (typeof value === "object" || Number.isNaN(number)) return otherwise;
  return number;
}

const sort: Filter = (value, call) => {
  const attribute = argument(call, 2, "attribute");
  const isCased = argument(call, 1, "case_sensitive") === true;
  const sortKey = (item: unknown): unknown => {
    const part = attribute === undefined ? item : lookUpPath(item, attribute);
    return typeof part === "string" && !isCased ? part.toLowerCase() : part;
  };
  const sorted = items(value, call).toSorted((left, right) => compareValues(sortKey(left), sortKey(right), call.spend));
  return argument(call, 0, "reverse") === true ? sorted.reverse() : sorted;
};

const unique: Filter = (value, call) => {
  const found: unknown[] = [];
  for (const item of items(value, call)) {
    if (!found.some((known) => isEqual(known, item, call.spend))) found.push(item);
  }
  return found;
};

const map: Filter = (value, call) => {
  const attribute = argument(call, Number.POSITIVE_INFINITY, "attribute");
  const otherwise = argument(call, Number.POSITIVE_INFINITY, "default");
  return items(value, call).map((item) => {
    if (attribute === undefined) return call.filter(call.text(call.args[0]), item, call.args.slice(1));
    const part = lookUpPath(item, attribute);
    return part === missing && otherwise !== undefined ? otherwise : part;
  });
};

function select(keeps: boolean, byAttribute: boolean): Filter {
  return (value, call) => {
    const [attribute, ...rest] = byAttribute ? call.args : [undefined, ...call.args];
    const [name, ...args] = rest;
    return items(value, call).filter((item) => {
      const part = byAttribute ? lookUpPath(item, attribute) : item;
      return (name === undefined ? isTrue(part, call.spend) : call.test(call.text(name), part, args)) === keeps;
    });
  };
}

function extreme(sign: 1 | -1): Filter {
  return (value, call) => {
    const [first = missing, ...rest] = items(value, call);
    return rest.reduce((best, item) => (compareValues(item, best, call.spend) * sign > 0 ? item : best), first);
  };
}

const sum: Filter = (value, call) => {
  const attribute = argument(call, 0, "attribute");
  return items(value, call).reduce<number>(
    (total, item) => {
      const part = attribute === undefined ? item : lookUpPath(item, attribute);
      if (typeof part !== "number") throw new TemplateError(`sum needs numbers, not ${nameOfType(part)}`);
      return total + part;
    },
    numberArgument(call, 1, "start", 0),
  );
};

const pairs: Filter = (value, call) => {
  if (value === missing) return [];
  if (!isMapping(value)) throw new TemplateError(`${nameOfType(value)} has no named values`);
  return namesOf(value, call.spend).map((name) => [name, lookUp(value, name)]);
};

const indent: Filter = (value, call) => {
  const blanks = " ".repeat(Math.min(100, Math.max(0, numberArgument(call, 0, "width", 4))));
  const text = call.text(value).replace(/\n(?!\n|$)/g, `\n${blanks}`);
  return argument(call, 1, "first") === true ? blanks + text : text;
};

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

const escape: Filter = (value, call) => call.text(value).replace(/[&<>"']/g, (char) => escapes[char] ?? char);

/** Lone surrogates have no URL. */
const urlencode: Filter = (value, call) =>
  encodeURIComponent(call.text(value).toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/");

export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["default", defaultFilter],
  ["d", defaultFilter],
  ["upper", (value, call) => call.text(value).toUpperCase()],
  ["lower", (value, call) => call.text(value).toLowerCase()],
  ["capitalize", (value, call) => call.text(value).slice(0, 1).toUpperCase() + call.text(value).slice(1).toLowerCase()],
  [
    "title",
    (value, call) =>
      call.text(value).replace(/[^\s\-([{<]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()),
  ],
  ["trim", (value, call) => call.text(value).trim()],
  ["string", (value, call) => call.text(value)],
  ["safe", (value, call) => call.text(value)],
  ["length", length],
  ["count", length],
  ["wordcount", (value, call) => call.text(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0],
  [
    "tojson",
    (value, { spend, ...call }) => {
      const width = numberArgument({ spend, ...call }, 0, "indent", 0);
      return toJsonText(value, width === 0 ? { spend } : { spend, indent: Math.min(16, width) });
    },
  ],
  [
    "join",
    (value, call) => {
      const attribute = argument(call, 1, "attribute");
      const separator = call.text(argument(call, 0, "d") ?? "");
      const parts = items(value, call).map((item) =>
        call.text(attribute === undefined ? item : lookUpPath(item, attribute)),
      );
      call.spend((parts.length * separator.length) / charsPerPart);
      return parts.join(separator);
    },
  ],
  [
    "replace",
    (value, call) => {
      const wanted = call.text(argument(call, 0, "old") ?? missing);
      if (wanted === "") throw new TemplateError("replace needs a text to look for");
      return replaceTexts(call, { text: call.text(value), wanted, by: call.text(argument(call, 1, "new") ?? "") });
    },
  ],
  ["truncate", truncate],
  ["round", round],
  ["abs", (value) => Math.abs(toNumber(value, 0))],
  ["int", (value, call) => Math.trunc(toNumber(value, numberArgument(call, 0, "default", 0)))],
  ["float", (value, call) => toNumber(value, numberArgument(call, 0, "default", 0))],
  ["first", (value, call) => items(value, call)[0] ?? missing],
  ["last", (value, call) => items(value, call).at(-1) ?? missing],
  ["list", (value, call) => [...items(value, call)]],
  ["sort", sort],
  [
    "reverse",
    (value, call) =>
      typeof value === "string" ? items(value, call).toReversed().join("") : items(value, call).toReversed(),
  ],
  ["unique", unique],
  ["map", map],
  ["select", select(true, false)],
  ["reject", select(false, false)],
  ["selectattr", select(true, true)],
  ["rejectattr", select(false, true)],
  ["min", extreme(-1)],
  ["max", extreme(1)],
  ["sum", sum],
  ["items", pairs],
  [
    "dictsort",
    (value, call) =>
      (pairs(value, call) as [string, unknown][]).sort(([left], [right]) =>
        compareValues(left.toLowerCase(), right.toLowerCase(), call.spend),
      ),
  ],
  ["indent", indent],
  ["escape", escape],
  ["e", escape],
  ["urlencode", urlencode],
]);

/** Refuses a text that would be too long before it is made. */
export function replaceTexts(
  call: Pick<FilterCall, "spend" | "text">,
  change: { readonly text: string; readonly wanted: string; readonly by: string },
): string {
  const parts = change.text.split(change.wanted);
  call.spend(parts.length + ((parts.length - 1) * change.by.length) / charsPerPart);
  return parts.join(change.by);
}
