"""Runs that wait for somebody: paused, with and without typed input, resumed by another client; and messages."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.input import RunInput, receive_input, send_input
from prefect.runtime import flow_run as runtime

from kit.checks import check, contains, equal, raises, run_checks
from kit.recorded import flow_run, flow_states, names
from kit.waiting import LIMIT_S, eventually

POLL_S = 1


@contextmanager
def elsewhere(act: Callable[..., object], *args: object):
    """What another client does meanwhile; what goes wrong there is raised here."""
    with ThreadPoolExecutor(1) as pool:
        future: Future = pool.submit(act, *args)
        yield
        future.result(LIMIT_S)


def run_of(flow_name: str, client: SyncPrefectClient, state: str) -> UUID:
    """The id of the one run of this flow, once it is in this state."""

    def look() -> UUID | None:
        runs = client.read_flow_runs(limit=200)
        by_flow = {run.flow_id: client.read_flow(run.flow_id).name for run in runs}
        found = [run.id for run in runs if by_flow[run.flow_id] == flow_name and run.state.name == state]
        return found[0] if found else None

    return eventually(look, f"a run of {flow_name} that is {state}")


def resume(flow_name: str, run_input: dict | None = None) -> None:
    with get_client(sync_client=True) as client:
        result = client.resume_flow_run(run_of(flow_name, client, "Paused"), run_input)
    equal(result.status.value, "ACCEPT", "answer to the resume")


@flow
def waits() -> str:
    pause_flow_run(timeout=60, poll_interval=POLL_S)
    return runtime.id


@check("a paused flow goes on when another client resumes it")
def pauses():
    with elsewhere(resume, "waits"):
        run_id = waits()
    equal(names(flow_states(run_id)), ["Pending", "Running", "Paused", "Running", "Completed"])
    paused = flow_states(run_id)[2]
    equal((paused.state_details.pause_reschedule, paused.state_details.pause_key), (False, "1"))
    equal(flow_run(run_id).run_count, 2)


class Approval(RunInput):
    approved: bool
    note: str = "none"


@flow
def asks() -> tuple[str, Approval]:
    approval = pause_flow_run(
        wait_for_input=Approval.with_initial_data(description="Release it?", note="draft"),
        timeout=60,
        poll_interval=POLL_S,
    )
    return runtime.id, approval


@check("a paused flow is given the input that it asked for, with its defaults")
def typed_input():
    with elsewhere(resume, "asks", {"approved": True}):
        run_id, approval = asks()
    equal((approval.approved, approval.note), (True, "draft"))
    equal(flow_run(run_id).state.name, "Completed")


@flow
def asks_strictly() -> tuple[str, int]:
    return runtime.id, pause_flow_run(wait_for_input=int, timeout=60, poll_interval=POLL_S)


def answers_wrongly_first() -> None:
    with get_client(sync_client=True) as client:
        run_id = run_of("asks-strictly", client, "Paused")
        refused = client.resume_flow_run(run_id, {"value": "many"})
        equal(refused.status.value, "REJECT")
        contains(refused.details.reason, "many")
        missing = client.resume_flow_run(run_id)
        equal(missing.status.value, "REJECT", "no input at all")
        equal(client.resume_flow_run(run_id, {"value": 7}).status.value, "ACCEPT")


@check("input that does not fit is refused, and the flow stays paused")
def refused_input():
    with elsewhere(answers_wrongly_first):
        _, value = asks_strictly()
    equal(value, 7)


@flow
def impatient() -> None:
    pause_flow_run(timeout=2, poll_interval=POLL_S)


@check("a pause that nobody ends fails the flow at its timeout")
def pause_timeout():
    state = impatient(return_state=True)
    raises(FlowPauseTimeout, state.result)
    equal(flow_run(state.state_details.flow_run_id).state.type.value, "FAILED")


@check("a run that is not paused cannot be resumed")
def resumes_nothing():
    @flow
    def ends() -> str:
        return runtime.id

    with get_client(sync_client=True) as client:
        result = client.resume_flow_run(UUID(ends()))
    equal(result.status.value, "ABORT")


@check("suspending needs a deployment")
def suspend_refused():
    @flow
    def suspends() -> None:
        suspend_flow_run(timeout=60)

    state = suspends(return_state=True)
    contains(str(raises(RuntimeError, state.result)), "without a deployment")


@flow
def greeter() -> list[str]:
    heard: list[str] = []
    names_ = receive_input(str, timeout=60, poll_interval=POLL_S, with_metadata=True)
    while len(heard) < 2:
        name = next(names_)
        heard.append(name.value)
        name.respond(f"Hello, {name.value}!")
    return heard


@flow
def speaker(receiver: UUID) -> list[str]:
    send_input("Ada", receiver)
    send_input("Grace", receiver)
    answers = receive_input(str, timeout=60, poll_interval=POLL_S)
    return sorted([next(answers), next(answers)])


def speak() -> list[str]:
    with get_client(sync_client=True) as client:
        return speaker(run_of("greeter", client, "Running"))


@check("runs send each other messages, and answer them")
def messages():
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(speak)
        equal(sorted(greeter()), ["Ada", "Grace"])
        equal(answers.result(LIMIT_S), ["Hello, Ada!", "Hello, Grace!"])


if __name__ == "__main__":
    run_checks()
