import { late } from "./late.tsx";
import { Sketch } from "./states-of-loading.tsx";

const CodeEditor = late(async () => (await import("./code-editor.tsx")).CodeEditor, <Sketch rows={4} />);

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
      <CodeEditor text={text} onChange={onChange} label={label} />
      {hint === undefined ? null : <div className="text-small text-muted">{hint}</div>}
      {fault === null ? null : (
        <p role="alert" className="text-small text-state-failed">
          {fault}
        </p>
      )}
    </div>
  );
}
