/** One question: what is asked, of whom, until when, its form, and what was answered so far. */

import { Link } from "@tanstack/react-router";
import type { InboxItem, PauseAnswer } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { Markdown } from "../../ui/markdown.tsx";
import { Code, Facts } from "../../ui/panel.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { AnswerForm, type Answered, Outcome } from "./answer-form.tsx";
import { timeoutText, titleOf } from "./item-words.ts";

/** Give it a key by its run. */
export function InboxItemView({ flowRunId }: { readonly flowRunId: string }) {
  const [answered, setAnswered] = useState<Answered | null>(null);
  const query = useLive({
    key: ["inbox", "item", flowRunId],
    read: async () => {
      const [item, answers] = await Promise.all([api.readInboxItem(flowRunId), api.listAnswers(flowRunId)]);
      return { flowRunId, item, answers };
    },
    concerns: ofFlowRuns,
  });
  return (
    <Loaded query={query} rows={6}>
      {({ flowRunId: read, item, answers }) =>
        // The answer to another question is not shown in the meantime.
        read !== flowRunId ? null : item === null ? (
          <NobodyAsked flowRunId={flowRunId} answers={answers} answered={answered} />
        ) : (
          <Question
            key={`${item.flowRunId} ${item.key ?? ""}`}
            item={item}
            answers={item.answers}
            answered={answered !== null && isTold(answered, item) ? answered : null}
            onAnswered={setAnswered}
          />
        )
      }
    </Loaded>
  );
}

/** Not beside another question, nor when the flow has refused the answer, and asks again. */
function isTold({ answer }: Answered, { key, answers }: InboxItem): boolean {
  return answer.key === (key ?? "") && !answers.some(({ at, state }) => at === answer.at && state === "refused");
}

function Question(props: {
  readonly item: InboxItem;
  readonly answers: readonly PauseAnswer[];
  readonly answered: Answered | null;
  readonly onAnswered: (answered: Answered) => void;
}) {
  const { item, answers, answered, onAnswered } = props;
  return (
    <div className="flex min-w-0 flex-col gap-4 p-4">
      <h2 className="line-clamp-4 text-section font-semibold break-words" title={titleOf(item)}>
        {titleOf(item)}
      </h2>
      <Facts
        items={[
          ["Flow", item.flowName],
          ["Run", <RunLink key="run" id={item.flowRunId} name={item.runName} />],
          ["Waits since", <Ago key="since" at={item.since} />],
          [
            "Until",
            item.until === null ? (
              "for as long as it takes"
            ) : (
              <span key="until">
                <Ago at={item.until} />, {timeoutText(item)}
              </span>
            ),
          ],
          ["May answer", item.answerers.length === 0 ? "anybody" : item.answerers.join(", ")],
          ["Its process", item.kind === "paused" ? "waits for the answer" : "has ended, and is started again"],
        ]}
      />
      {item.description === null ? null : <Markdown text={item.description} label="What is asked" />}
      {item.schema === null && item.key === null ? (
        <p className="text-muted">Nothing is asked: somebody has paused this run, and it goes on when you say so.</p>
      ) : null}
      <Answers answers={answers} />
      {answered === null ? <AnswerForm item={item} onAnswered={onAnswered} /> : <Outcome answered={answered} />}
    </div>
  );
}

function NobodyAsked(props: {
  readonly flowRunId: string;
  readonly answers: readonly PauseAnswer[];
  readonly answered: Answered | null;
}) {
  const { flowRunId, answers, answered } = props;
  return (
    <div className="flex min-w-0 flex-col gap-4 p-4">
      {answered === null ? (
        <p role="status" className="text-section font-semibold">
          This run waits for nobody any more
        </p>
      ) : (
        <Outcome answered={answered} />
      )}
      <p className="text-muted">
        {answered === null ? "It was answered, went on after its time, or has ended. " : ""}
        <RunLink id={flowRunId} name="Open the run" />
      </p>
      <Answers answers={answers} />
    </div>
  );
}

export function RunLink({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <Link to="/runs/flow-run/$id" params={{ id }} search={{}} className="link line-clamp-3 break-words" title={name}>
      {name}
    </Link>
  );
}

const answerWords = { given: "Given", taken: "Taken", refused: "Refused" } as const;

function Answers({ answers }: { readonly answers: readonly PauseAnswer[] }) {
  if (answers.length === 0) return null;
  return (
    <section aria-label="Answers so far" className="flex min-w-0 flex-col gap-2">
      <h3 className="font-semibold">Answers so far</h3>
      <ul className="flex min-w-0 flex-col gap-2">
        {answers.map((answer, index) => (
          <li key={index} className="min-w-0 border-l-2 border-line pl-3">
            <p>
              <span className="font-medium">{answerWords[answer.state]}</span>{" "}
              <span className="text-muted">
                {answer.byTimeout ? "by the timeout, " : answer.answeredBy === null ? "" : `by ${answer.answeredBy}, `}
                <Ago at={answer.at} />
              </span>
            </p>
            {answer.reason === null ? null : <p className="break-words text-state-failed">{answer.reason}</p>}
            {answer.value === null ? null : (
              <Code text={JSON.stringify(answer.value, null, 2)} label={`Answer ${index + 1}`} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
