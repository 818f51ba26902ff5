import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { faultsUnder } from "../faults.ts";
import { useForm } from "../form-context.ts";

/** What is deeper begins folded, so that a form stays readable whatever it is of. */
const foldDepth = 3;

export function Folded(props: {
  readonly depth: number;
  readonly path: readonly string[];
  readonly summary: string;
  /** Whether it has so much in it that it begins folded, wherever it is. */
  readonly isLarge?: boolean;
  readonly children: ReactNode;
}) {
  const { depth, path, summary, isLarge = false, children } = props;
  const { faults } = useForm();
  const [isOpen, setOpen] = useState(depth < foldDepth && !isLarge);
  if (isOpen) return children;
  const wrong = faultsUnder(faults, path).length;
  return (
    <Button className="self-start" aria-expanded={false} onClick={() => setOpen(true)}>
      Show {summary}
      {wrong === 0 ? null : <span className="text-state-failed">· {wrong} wrong</span>}
    </Button>
  );
}
