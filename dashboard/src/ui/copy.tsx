import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./button.tsx";

/** Copies a text, and shows for a moment that it has. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <IconButton label={isCopied ? "Copied" : label} onClick={() => void copy()} className="size-6">
      {isCopied ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  );
}

/** The start of an id, with the whole of it on hover and to copy. */
export function ShortId({ id }: { readonly id: string }) {
  return (
    <span className="inline-flex items-center font-mono text-small text-muted">
      <span title={id}>{id.slice(0, 13)}</span>
      <CopyButton text={id} label="Copy the id" />
    </span>
  );
}

/** A command of ours that does the same as the page, to copy. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span className="flex max-w-full min-w-0 items-center justify-between gap-2 rounded-control bg-panel pl-2 font-mono text-small">
      {/* Scrolls, so the keyboard must reach it. */}
      <code tabIndex={0} role="group" aria-label="Command" className="min-w-0 overflow-x-auto py-1 whitespace-pre">
        {text}
      </code>
      <CopyButton text={text} label="Copy the command" />
    </span>
  );
}
