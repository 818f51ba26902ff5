/** An editor of JSON. Loaded where it is needed only: it is large. */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { styleNonce } from "../app/style-nonce.ts";

export interface MarkedLine {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const setMarks = StateEffect.define<readonly MarkedLine[]>();

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let next = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const byLine = new Map<number, string[]>();
      for (const { line, message } of effect.value) {
        const at = Math.min(Math.max(line, 1), doc.lines);
        byLine.set(at, [...(byLine.get(at) ?? []), message]);
      }
      next = Decoration.set(
        [...byLine].map(([line, messages]) =>
          Decoration.line({ class: "cm-wrong", attributes: { title: messages.join("\n") } }).range(doc.line(line).from),
        ),
        true,
      );
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "var(--raised)", color: "var(--fg)", maxHeight: "60vh" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-mono, monospace)", lineHeight: "20px", minHeight: "120px" },
  ".cm-content": { caretColor: "var(--fg)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--faint)", borderRight: "1px solid var(--line)" },
  ".cm-cursor": { borderLeftColor: "var(--fg)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selected) !important" },
  ".cm-wrong": { boxShadow: "inset 3px 0 0 var(--failed)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "color-mix(in oklab, var(--completed) 62%, var(--fg))" },
  { tag: [tags.number, tags.bool, tags.null], color: "color-mix(in oklab, var(--crashed) 62%, var(--fg))" },
]);

/** Tab leaves it, as it leaves every control. */
export function CodeEditor(props: {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly label: string;
  readonly marks?: readonly MarkedLine[];
}) {
  const { text, onChange, label, marks } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef({ text, label });
  useEffect(() => {
    if (place.current === null) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.text,
        extensions: [
          lineNumbers(),
          history(),
          json(),
          indentOnInput(),
          bracketMatching(),
          syntaxHighlighting(colours),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": first.current.label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
          marked,
          look,
          EditorView.cspNonce.of(styleNonce),
        ],
      }),
    });
    // It scrolls, so the keyboard must reach it.
    made.scrollDOM.tabIndex = 0;
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marks ?? []) });
  }, [marks]);
  return <div ref={place} className="min-w-0 overflow-hidden rounded-control border border-[var(--control-line)]" />;
}
