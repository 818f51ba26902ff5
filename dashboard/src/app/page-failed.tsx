import { Link } from "@tanstack/react-router";
import { Empty, ErrorNote } from "../ui/states-of-loading.tsx";

/** A defect of a page: the others still work. */
export function PageFailed({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return <ErrorNote error={error} onRetry={reset} />;
}

export function NotFound() {
  return (
    <Empty title="There is no such page">
      <Link to="/runs" className="link">
        See the runs
      </Link>
    </Empty>
  );
}
