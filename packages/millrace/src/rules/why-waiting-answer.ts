/** What holds a run that waits for a person. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { Hold } from "../contract/waiting.ts";
import type { Asking, WaitFacts } from "./why-waiting-facts.ts";
import { hold, some, theRun } from "./why-waiting-hold.ts";

/** One that was suspended is on its way where the run around it goes on. */
export function subflowPaused(facts: WaitFacts): Hold | null {
  const { asking } = facts;
  return asking === null || asking.item.kind === "suspended" ? null : asks(facts, asking);
}

export function paused(facts: WaitFacts): Hold {
  const { run, asking } = facts;
  if (asking !== null) return asks(facts, asking);
  return hold(
    "pause",
    "It waits for an answer, and its process has not said yet which one: its form is still to come.",
    {
      subject: theRun(run),
      advice: `If that process is gone: \`millrace flow-run cancel ${run.id}\`.`,
      until: run.state.details?.pauseTimeoutAt ?? null,
    },
  );
}

function asks(facts: WaitFacts, asking: Asking): Hold {
  const { item, run } = asking;
  const who = run.id === facts.run.id ? "It" : `Its subflow run ${run.name} (${run.flowName})`;
  const given = item.answers.find(({ state }) => state === "given");
  if (given !== undefined) {
    const by = given.byTimeout ? "its timeout" : (given.answeredBy ?? "somebody");
    return isAnswered(asking, `${who} was answered by ${by}`);
  }
  const at = item.key === null ? "" : ` at \`${item.key}\``;
  const what = item.schema === null ? "to be resumed" : "for an answer";
  const asked = item.title ?? item.description;
  return hold("pause", `${who} waits${at} ${what}${asked === null ? "." : `: ${asked}`}`, {
    subject: theRun(run),
    advice: `${howToAnswer(asking)} ${whereItGoesOn(facts, asking)}`,
    until: item.until,
  });
}

/** Only for a moment, or for good where it was answered by who does not go on with it. */
function isAnswered({ item, run, root }: Asking, answered: string): Hold {
  const subject = theRun(run);
  if (item.kind === "paused") return hold("pause", `${answered}, and its process has not taken that yet.`, { subject });
  const command = isOfPrefect(run) ? `inbox answer ${run.id}` : `flow-run resume ${root.id}`;
  return hold("pause", `${answered}, and has not gone on yet.`, {
    subject,
    advice: `\`millrace ${command}\` lets it go on.`,
  });
}

function howToAnswer({ item, run }: Asking): string {
  const { answerers, schema } = item;
  const as = answerers.length === 0 ? "" : " --as NAME";
  const may = answerers.length === 0 ? "" : `, in the name of who may (${some(answerers)})`;
  const command = `\`millrace inbox answer ${run.id}${as}\``;
  if (schema === null) return `${command} lets it go on${may}.`;
  return `\`millrace inbox inspect ${run.id}\` shows the form, and ${command} answers it${may}.`;
}

function whereItGoesOn(facts: WaitFacts, { item, run, root }: Asking): string {
  const inPython = isOfPrefect(run) ? " In Python, `resume_flow_run` does the same." : "";
  if (item.kind === "paused") return `It goes on in its own process.${inPython}`;
  if (root.deploymentId === null) return "It goes on where it is answered.";
  // The deployment of a root is looked at only with the root.
  const isGone = facts.run.id === root.id && facts.deployment === null;
  if (!isGone) return `Its deployment starts it again.${inPython}`;
  return root.entrypoint === null
    ? `But its deployment is gone, so nobody starts it again: \`millrace flow-run cancel ${root.id}\` gives it up.`
    : `But its deployment is gone: \`millrace flow-run resume ${root.id}\` goes on with it here.`;
}

/** The orchestrator keeps account of the pauses of Prefect's client. */
function isOfPrefect({ extra }: FlowRun): boolean {
  return extra.pauseKeys !== undefined;
}
