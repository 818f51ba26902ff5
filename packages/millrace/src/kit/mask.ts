/** Hides secrets in texts. Mask before cutting a text: half a secret is not recognised. */

import { inspect } from "node:util";
import { sha256 } from "./sha256.ts";

export interface Masker {
  /** From now on, hides this value in every text. Values of fewer than 4 characters are not hidden: they occur by chance. */
  add(secret: string): void;
  /** The text with each secret replaced by `********`, also where it is in base64, in a URL or escaped in JSON. */
  mask(text: string): string;
  /**
   * As `mask`, for what several may have written at once, so that one was cut off by another. What a secret begins with is hidden
   * too: from 8 characters on where a line ends, or where what Node writes of its own end comes right behind it; elsewhere from 16
   * on, and from half of the secret, since other addresses begin as one with a password in it does.
   */
  maskBegun(text: string): string;
  /** As `maskBegun`, for a text whose end was cut off too: there from 4 characters on. */
  maskCut(text: string): string;
  /** As `mask`, for names that must stay apart and stay the same: each secret is replaced by `hidden-` and a short digest of it. */
  mark(text: string): string;
}

const minLength = 4;

/** A line of a secret with several, such as a key file, is hidden by itself from this length on. */
const minLineLength = 8;

/** What a secret begins with is hidden where it is cut off, from this length on: less of it is in other words by chance. */
const minBegunLength = 8;

/** The same where nothing says that it is cut off; and so much of the secret, since what is alike is alike at its beginning. */
const minBegunWithin = 16;
const minShareWithin = 0.5;

/** What begins that which Node writes when it dies, right behind what was written last. */
const lastWords = ["----- ", "<--- ", "FATAL ERROR", "# Fatal", "node:", "file://", "Node.js v"];

/** Base64 is looked for from this length on. */
const minBase64Length = 8;

const stars = "********";

export function createMasker(secrets: Iterable<string> = []): Masker {
  const known = new Set<string>();
  let forms: readonly string[] = [];

  const add = (secret: string): void => {
    if (secret.length < minLength || known.has(secret)) return;
    known.add(secret);
    forms = [...new Set([...forms, ...formsOf(secret)])];
  };
  for (const secret of secrets) add(secret);

  const spansIn = (text: string): Span[] | null => {
    let spans: Span[] | null = null;
    for (const form of forms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        spans ??= [];
        spans.push({ start: at, end: at + form.length });
      }
    }
    return spans;
  };

  const mask = (text: string): string => {
    const spans = spansIn(text);
    return spans === null ? text : coverSpans(text, spans, () => stars);
  };

  /** Looked for only where something is left of it: most texts have secrets whole, or none. */
  const maskBegun = (text: string, minAtEnd: number): string => {
    const masked = mask(text);
    const begun = forms.filter((form) => mayBegin(masked, form, minAtEnd));
    if (begun.length === 0) return masked;
    const spans = [...(spansIn(text) ?? []), ...begun.flatMap((form) => begunIn(text, form, minAtEnd))];
    return coverSpans(text, spans, () => stars);
  };

  return {
    add,
    mask,
    maskBegun: (text) => maskBegun(text, minBegunLength),
    maskCut: (text) => maskBegun(text, minLength),
    mark(text) {
      const spans = spansIn(text);
      return spans === null ? text : coverSpans(text, spans, markOf);
    },
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function mayBegin(text: string, form: string, minAtEnd: number): boolean {
  return (
    text.includes(form.slice(0, minBegunLength)) ||
    text.includes(form.slice(0, minAtEnd), Math.max(0, text.length - minBegunLength))
  );
}

/** Where the text has the beginning of the form, as long as it goes; what is at the end of the text may be shorter. */
function begunIn(text: string, form: string, minAtEnd: number): readonly Span[] {
  const spans: Span[] = [];
  // Knuth, Morris and Pratt: a secret that repeats itself takes no longer than another one.
  const fallbacks = toFallbacks(form);
  const minWithin = Math.max(minBegunWithin, form.length * minShareWithin);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const before = length;
    while (length > 0 && (length === form.length || text[at] !== form[length])) length = fallbacks[length - 1] ?? 0;
    if (text[at] === form[length]) length++;
    if (length > before || before < minBegunLength) continue;
    if (before >= minWithin || isCutAt(text, at)) spans.push({ start: at - before, end: at });
  }
  if (length >= minAtEnd) spans.push({ start: text.length - length, end: text.length });
  return spans;
}

/** A line ends there, or the process that wrote it. */
function isCutAt(text: string, at: number): boolean {
  return text[at] === "\n" || text[at] === "\r" || lastWords.some((words) => text.startsWith(words, at));
}

/** Of each beginning of the form, how much of its end is a beginning too. */
function toFallbacks(form: string): Uint32Array {
  const fallbacks = new Uint32Array(form.length);
  for (let at = 1, length = 0; at < form.length; at++) {
    while (length > 0 && form[at] !== form[length]) length = fallbacks[length - 1] ?? 0;
    if (form[at] === form[length]) length++;
    fallbacks[at] = length;
  }
  return fallbacks;
}

/** Few enough digits that many texts have the same. */
const markDigits = 8;

function markOf(hidden: string): string {
  return `hidden-${sha256(hidden, "hex").slice(0, markDigits)}`;
}

/** Replaces each span; those that overlap or touch are one. */
function coverSpans(text: string, spans: Span[], cover: (hidden: string) => string): string {
  spans.sort((one, other) => one.start - other.start);
  let covered = "";
  let written = 0;
  for (let index = 0; index < spans.length; ) {
    const start = spans[index]?.start ?? 0;
    let end = start;
    for (; index < spans.length && (spans[index]?.start ?? 0) <= Math.max(end, start); index++) {
      end = Math.max(end, spans[index]?.end ?? 0);
    }
    covered += text.slice(written, start) + cover(text.slice(start, end));
    written = end;
  }
  return covered + text.slice(written);
}

/** The texts that a secret may appear as. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const plain = [
    secret,
    secret.trim(),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= minLineLength && !line.startsWith("-----")) : []),
  ];
  const escaped = plain.map(escapeJson);
  const twice = escaped.map(escapeJson);
  // A text that is JSON itself, in JSON, among the fields of a line.
  const json = [...plain, ...escaped, ...twice, ...twice.map(escapeJson)];
  const inUrl = [...plain, ...escaped, ...twice].flatMap(urlForms);
  const inUrls = [...inUrl, ...inUrl.map(encodeURIComponent)];
  const shown = json.map(inspectText);
  return [
    ...json,
    ...shown,
    ...shown.map(escapeJson),
    ...inUrls,
    ...inUrls.map(escapeJson),
    ...plain.flatMap(base64Forms),
  ].filter((form) => form.length >= minLength);
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As the console shows a text within an object. */
function inspectText(text: string): string {
  return inspect(text, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: Number.POSITIVE_INFINITY }).slice(
    1,
    -1,
  );
}

function urlForms(text: string): readonly string[] {
  if (!text.isWellFormed()) return [];
  const encoded = encodeURIComponent(text);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  return [encoded, encoded.replaceAll("%20", "+"), encodeURI(text), form, ...parsedForms(text)];
}

/** A text that was put into an address as it is: what parsing makes of it in a path, and in a query. */
function parsedForms(text: string): readonly string[] {
  return ["http://a/", "http://a/?"]
    .map((before) => new URL(before + text).href.slice(before.length))
    .filter(({ length }) => length >= text.trim().length - countDropped(text));
}

/** Tabs and line ends are dropped where an address is parsed. */
function countDropped(text: string): number {
  return text.match(/[\t\r\n]/g)?.length ?? 0;
}

/**
 * The base64 of the whole text, and what is certain of it inside the base64 of a longer one ("user:secret"), where it may
 * start at each of the three places of a group.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const whole = bytes.toString("base64");
  const inner = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const certainStart = Math.ceil((shift * 8) / 6);
    const certainEnd = Math.floor((shifted.length * 8) / 6);
    return shifted.toString("base64").slice(certainStart, certainEnd);
  });
  const forms = [whole, whole.replace(/=+$/, ""), ...inner].filter((form) => form.length >= minBase64Length);
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
