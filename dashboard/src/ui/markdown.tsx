/** Markdown from anybody: never HTML of theirs, and nothing is fetched from elsewhere. */

import { lazy, Suspense } from "react";
import { Code } from "./panel.tsx";
import { Sketch } from "./states-of-loading.tsx";

const Body = lazy(async () => ({ default: (await import("./markdown-body.tsx")).MarkdownBody }));

/** Longer texts are shown as they are, in characters. */
const maxLength = 200_000;

export function Markdown({ text, label }: { readonly text: string; readonly label: string }) {
  if (text.length > maxLength) return <Code text={text} label={label} />;
  return (
    <Suspense fallback={<Sketch rows={3} />}>
      <Body text={text} />
    </Suspense>
  );
}
