import { lazy, Suspense } from "react";
import { Sketch } from "./states-of-loading.tsx";

const CodeEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

/** What a text is as JSON, or what is wrong with it. */
export type ParsedJson = { readonly value: unknown; readonly fault: null } | { readonly fault: string };

export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same for what has to be an object; an empty text is none, and no fault. */
export function parseJsonObject(text: string): ParsedJson {
  if (text.trim() === "") return { value: undefined, fault: null };
  const parsed = parseJson(text);
  if (parsed.fault !== null || isJsonObject(parsed.value)) return parsed;
  return { fault: "It is no JSON object: { … }" };
}

/** JSON that is written, with what is wrong below it. */
export function JsonField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly fault: string | null;
}) {
  const { label, hint, text, onChange, fault } = props;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="font-medium">{label}</span>
      <Suspense fallback={<Sketch rows={4} />}>
        <CodeEditor text={text} onChange={onChange} label={label} />
      </Suspense>
      {hint === undefined ? null : <div className="text-small text-muted">{hint}</div>}
      {fault === null ? null : (
        <p role="alert" className="text-small text-state-failed">
          {fault}
        </p>
      )}
    </div>
  );
}
