const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The first letter of a type: its picture is elsewhere on the net, and nothing is read from there. */
export function BlockLogo({ name }: { readonly name: string }) {
  const [first] = letters.segment(name.trim());
  const letter = first?.segment ?? "?";
  return (
    <span
      aria-hidden
      className="inline-flex size-5 shrink-0 items-center justify-center rounded-control border border-line bg-panel text-meta font-semibold text-muted uppercase"
    >
      {letter}
    </span>
  );
}
