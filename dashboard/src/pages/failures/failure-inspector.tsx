import { Link } from "@tanstack/react-router";
import type { FailureGroup } from "millrace/client";
import { plural, toCount } from "../../format/number.ts";
import { Button } from "../../ui/button.tsx";
import { Inspector } from "../../ui/inspector.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";
import type { FailuresQuestion } from "./failures-search.ts";
import { GroupRuns } from "./group-runs.tsx";

export function FailureInspector(props: {
  readonly group: FailureGroup;
  readonly question: FailuresQuestion;
  readonly onRetry: () => void;
  readonly onClose: () => void;
}) {
  const { group, question, onRetry, onClose } = props;
  const { fingerprint, taskName, flowNames, errorName, errorCode, message, firstAt, lastAt, count, flowRunCount } =
    group;
  return (
    <Inspector title={errorCode ?? errorName ?? "Failure"} onClose={onClose}>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" needs={["changeFlowRuns", { action: "retry" }]} onClick={onRetry}>
          Retry all of its runs
        </Button>
      </div>
      <Facts
        items={[
          ["Times", `${toCount(count)} in ${plural(flowRunCount, "run")}`],
          ["Task", taskName ?? "none: it is of the flow's own body"],
          [
            "Flows",
            <span key="flows" className="flex flex-wrap gap-x-2">
              {flowNames.map((flow) => (
                <Link key={flow} to="/runs" search={{ flow, state: ["failed", "crashed"] }} className="link break-all">
                  {flow}
                </Link>
              ))}
            </span>,
          ],
          ["First", <When key="first" at={firstAt} />],
          ["Last", <When key="last" at={lastAt} />],
        ]}
      />
      <div className="flex flex-col gap-1">
        <h3 className="font-semibold">The last one says</h3>
        <Code text={message} label="Message of the failure" />
      </div>
      <Panel title="Runs" aside={<span className="text-muted">the last failed first</span>}>
        <GroupRuns fingerprint={fingerprint} question={question} />
      </Panel>
    </Inspector>
  );
}

function When({ at }: { readonly at: number }) {
  return (
    <>
      <DateTime at={at} /> <Ago at={at} className="text-muted" />
    </>
  );
}
