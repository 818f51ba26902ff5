/** Cuts a template into plain text and tags, and what stands in a tag into words. */

import { maxTemplateChars, maxTokens, TemplateError } from "./safe-template-limits.ts";

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output" | "statement"; readonly tokens: readonly Token[]; readonly line: number };

export interface Token {
  readonly kind: "name" | "text" | "number" | "sign";
  readonly text: string;
  readonly line: number;
}

const opening = /\{\{|\{%|\{#/g;
const rawEnd = /\{%[-+]?\s*endraw\s*([-+]?)%\}/g;
const word =
  /\s+|(?<number>\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<name>[A-Za-z_][A-Za-z_0-9]*)|(?<text>"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(?<sign>\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=.,:|()[\]{}])/y;

/**
 * `{{ … }}`, `{% … %}` and `{# … #}`; `{% raw %}` keeps what is up to `{% endraw %}`. A minus beside a bracket takes the
 * blanks there away. One line break at the end of the template is dropped, as Jinja does.
 *
 * @throws TemplateError
 */
export function cutTemplate(source: string): readonly Segment[] {
  if (source.length > maxTemplateChars) {
    throw new TemplateError(`a template has at most ${maxTemplateChars} characters, and this one ${source.length}`);
  }
  const template = source.replace(/\r?\n$/, "");
  const lineAt = createLineCounter(template);
  const segments: Segment[] = [];
  let at = 0;
  let trimsStart = false;
  const addText = (text: string, trimsEnd: boolean): void => {
    let kept = trimsStart ? text.trimStart() : text;
    if (trimsEnd) kept = kept.trimEnd();
    if (kept !== "") segments.push({ kind: "text", text: kept });
    trimsStart = false;
  };

  for (;;) {
    opening.lastIndex = at;
    const open = opening.exec(template);
    if (open === null) {
      addText(template.slice(at), false);
      return segments;
    }
    const line = lineAt(open.index);
    const trimsEnd = template[open.index + 2] === "-";
    addText(template.slice(at, open.index), trimsEnd);
    const inside = open.index + (trimsEnd || template[open.index + 2] === "+" ? 3 : 2);
    if (open[0] === "{#") {
      const end = template.indexOf("#}", inside);
      if (end === -1) throw new TemplateError("a comment {# has no #}", line);
      trimsStart = template[end - 1] === "-";
      at = end + 2;
      continue;
    }
    const close = open[0] === "{{" ? "}}" : "%}";
    const { tokens, end } = cutWords({ template, at: inside, close, line });
    trimsStart = template[end - 1] === "-" && end > inside;
    at = end + 2;
    if (close === "%}" && tokens[0]?.text === "raw" && tokens.length === 1) {
      rawEnd.lastIndex = at;
      const raw = rawEnd.exec(template);
      if (raw === null) throw new TemplateError("{% raw %} has no {% endraw %}", line);
      addText(template.slice(at, raw.index), raw[0].startsWith("{%-"));
      trimsStart = raw[1] === "-";
      at = rawEnd.lastIndex;
      continue;
    }
    segments.push({ kind: close === "}}" ? "output" : "statement", tokens, line });
  }
}

/** The words up to the end of the tag; `end` is where its bracket begins. */
function cutWords(tag: {
  readonly template: string;
  readonly at: number;
  readonly close: "}}" | "%}";
  readonly line: number;
}): { readonly tokens: readonly Token[]; readonly end: number } {
  const { template, close, line } = tag;
  const tokens: Token[] = [];
  /** Braces of a mapping that are open: two of them may end beside each other. */
  let braces = 0;
  let at = tag.at;
  while (at < template.length) {
    if (braces === 0 && template.startsWith(close, at)) return { tokens, end: at };
    if (braces === 0 && /[-+]/.test(template[at] as string) && template.startsWith(close, at + 1)) {
      return { tokens, end: at + 1 };
    }
    word.lastIndex = at;
    const found = word.exec(template);
    if (found === null) throw new TemplateError(`"${template[at]}" cannot stand in a tag`, line);
    at = word.lastIndex;
    const [kind, text] = Object.entries(found.groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    if (kind === undefined || text === undefined) continue;
    if (tokens.length === maxTokens) throw new TemplateError(`a tag has more than ${maxTokens} words and signs`, line);
    if (text === "{") braces++;
    if (text === "}") braces--;
    tokens.push({ kind: kind as Token["kind"], text: kind === "text" ? unescape(text.slice(1, -1)) : text, line });
  }
  throw new TemplateError(`the tag has no ${close}`, line);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, char: string | undefined) =>
    code === undefined ? (escapes[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Counts on from the place of the last call. */
function createLineCounter(text: string): (at: number) => number {
  let line = 1;
  let counted = 0;
  return (at) => {
    for (; counted < at; counted++) if (text[counted] === "\n") line++;
    return line;
  };
}
