import { type Ref, useImperativeHandle, useRef } from "react";
import { readNow } from "../../../format/now.ts";
import { toCount } from "../../../format/number.ts";
import { toDuration } from "../../../format/time.ts";
import { families, toWords } from "../../../states/families.ts";
import { endOf } from "./columns.ts";
import { tellParts } from "./parts.ts";
import type { TimelineHit } from "./timeline-view.ts";

export interface TipHandle {
  /** At a place of the window. */
  show(hit: TimelineHit, at: { readonly x: number; readonly y: number }): void;
  hide(): void;
}

/** Says what is under the pointer. Written without React, since it follows each move. The same is in the rows, for all others. */
export function TimelineTip({ ref }: { readonly ref: Ref<TipHandle> }) {
  const box = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    show(hit, { x, y }) {
      const element = box.current;
      if (element === null) return;
      const [title, ...lines] = describe(hit);
      element.replaceChildren(
        Object.assign(document.createElement("b"), { textContent: title ?? "" }),
        ...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })),
      );
      element.style.display = "block";
      const { offsetWidth, offsetHeight } = element;
      element.style.left = `${Math.min(x + 14, innerWidth - offsetWidth - 8)}px`;
      element.style.top = `${Math.min(y + 16, innerHeight - offsetHeight - 8)}px`;
    },
    hide() {
      if (box.current !== null) box.current.style.display = "none";
    },
  }));
  return (
    <div
      ref={box}
      aria-hidden
      className="pointer-events-none fixed z-30 hidden max-w-80 rounded-control border border-line bg-raised px-2 py-1 text-small break-words shadow-lg"
    />
  );
}

/** A title and lines beneath. */
function describe({ item, index }: TimelineHit): readonly string[] {
  if (item.kind === "density") return describeMany(item.density.taskName, item.density.total, item.density.counts);
  if (item.kind === "note") return [item.text];
  const { columns } = item;
  if (index !== null) {
    const start = columns.starts[index] ?? 0;
    const end = endOf(columns, index, readNow());
    return [
      short(columns.names[index] ?? ""),
      `${toWords(columns.stateNames[index] ?? "")} · ${toDuration(end - start)}`,
      ...tellParts(columns, index, readNow()),
    ];
  }
  if (item.kind === "group") {
    return describeMany(item.group.taskName, item.group.rows.length, item.group.counts);
  }
  return item.kind === "lane" ? [`Lane ${item.lane + 1}`, `${toCount(item.rows.length)} task runs`] : [""];
}

function describeMany(name: string, total: number, counts: readonly number[]): readonly string[] {
  const parts = families.flatMap((family, at) =>
    (counts[at] ?? 0) > 0 ? [`${toCount(counts[at] ?? 0)} ${family}`] : [],
  );
  return [short(name), `${toCount(total)} task runs`, parts.join(", ")];
}

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
