import { Link } from "@tanstack/react-router";
import type { ArtifactRow } from "millrace/client";
import { ShortId } from "../../ui/copy.tsx";
import { Ago } from "../../ui/when.tsx";

/** Which run has left it. */
export function ArtifactRun(props: {
  readonly flowRunId: string | null;
  /** Where it is known. */
  readonly name?: string | undefined;
}) {
  const { flowRunId, name } = props;
  if (flowRunId === null) return <span className="text-muted">no run</span>;
  return (
    <Link
      to="/runs/flow-run/$id"
      params={{ id: flowRunId }}
      search={{ tab: "artifacts" }}
      className={name === undefined ? "link font-mono text-small" : "link truncate"}
      title={name === undefined ? flowRunId : `${name}, ${flowRunId}`}
    >
      {name ?? flowRunId.slice(0, 13)}
    </Link>
  );
}

/** Key facts of one artifact, in a line. */
export function ArtifactFacts(props: {
  readonly artifact: Pick<ArtifactRow, "id" | "kind" | "flowRunId" | "taskRunId" | "updatedAt">;
}) {
  const { id, kind, flowRunId, taskRunId, updatedAt } = props.artifact;
  return (
    <>
      <span>{kind}</span>
      <span>
        Run <ArtifactRun flowRunId={flowRunId} />
      </span>
      {taskRunId === null ? null : (
        <span>
          Task run{" "}
          <Link to="/r/$id" params={{ id: taskRunId }} className="link font-mono text-small" title={taskRunId}>
            {taskRunId.slice(0, 13)}
          </Link>
        </span>
      )}
      <Ago at={updatedAt} />
      <ShortId id={id} />
    </>
  );
}
