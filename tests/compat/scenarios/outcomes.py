"""How runs end: by failing, timing out, crashing, or in a state that the function itself returns."""

import time

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run as runtime
from prefect.states import Cancelled, Completed, Failed

from kit.checks import check, contains, equal, raises, run_checks
from kit.processes import FLOWS, python
from kit.recorded import flow_run, flow_states, names, task_runs
from kit.waiting import LIMIT_S


@check("a flow that raises is Failed, and says what it raised")
def fails():
    @flow
    def failing() -> None:
        raise ValueError("no rows")

    state = failing(return_state=True)
    run = flow_run(state.state_details.flow_run_id)
    equal((run.state.type.value, run.state.name), ("FAILED", "Failed"))
    contains(run.state.message, "ValueError: no rows")
    equal(names(flow_states(run.id)), ["Pending", "Running", "Failed"])


@check("a task that raises is Failed, and its exception is its flow's where it is not caught")
def task_fails():
    @task
    def failing_task() -> None:
        raise KeyError("column")

    @flow
    def caller() -> None:
        failing_task()

    state = caller(return_state=True)
    raises(KeyError, state.result)
    (run,) = task_runs(state.state_details.flow_run_id, 1)
    equal(run.state.name, "Failed")
    contains(run.state.message, "KeyError")


@check("a flow that takes too long is TimedOut")
def flow_timeout():
    @flow(timeout_seconds=0.5)
    def slow() -> None:
        for _ in range(600):
            time.sleep(0.1)

    state = slow(return_state=True)
    run = flow_run(state.state_details.flow_run_id)
    equal((run.state.type.value, run.state.name), ("FAILED", "TimedOut"))
    contains(run.state.message, "0.5 second(s)")


@check("a task that takes too long is TimedOut, and its flow may go on")
def task_timeout():
    @task(timeout_seconds=0.5)
    def slow_task() -> None:
        for _ in range(600):
            time.sleep(0.1)

    @flow
    def goes_on() -> str:
        state = slow_task(return_state=True)
        equal(state.name, "TimedOut")
        return runtime.id

    run_id = goes_on()
    (run,) = task_runs(run_id, 1)
    equal((run.state.type.value, run.state.name), ("FAILED", "TimedOut"))
    equal(flow_run(run_id).state.name, "Completed")


@check("a state that a flow returns is the state of its run")
def returned_state():
    @flow
    def skips() -> object:
        return Completed(message="nothing to do", name="Skipped")

    state = skips(return_state=True)
    run = flow_run(state.state_details.flow_run_id)
    equal((run.state.type.value, run.state.name, run.state.message), ("COMPLETED", "Skipped", "nothing to do"))


@check("a failed state that a flow returns fails it")
def returned_failure():
    @flow
    def gives_up() -> object:
        return Failed(message="too few rows")

    state = gives_up(return_state=True)
    equal(str(raises(FailedRun, state.result)), "too few rows")
    equal(flow_run(state.state_details.flow_run_id).state.message, "too few rows")


@check("a flow that returns futures has failed where one of them has")
def returned_futures():
    @task
    def positive(value: int) -> int:
        if value < 0:
            raise ValueError("negative")
        return value

    @flow
    def returns_futures(values: list[int]) -> list:
        return positive.map(values)

    good = returns_futures([1, 2], return_state=True)
    bad = returns_futures([1, -2], return_state=True)
    found = [flow_run(state.state_details.flow_run_id).state for state in (good, bad)]
    equal([state.name for state in found], ["Completed", "Failed"])
    contains(found[1].message, "1/2 states failed")


@check("a task's returned state may be cancelled")
def returned_cancelled():
    @task
    def stops() -> object:
        return Cancelled(message="by itself")

    @flow
    def caller() -> str:
        stops(return_state=True)
        return runtime.id

    (run,) = task_runs(caller(), 1)
    equal((run.state.name, run.state.message), ("Cancelled", "by itself"))


@flow
def told_to_stop() -> None:
    raise KeyboardInterrupt


@check("a flow that the terminal interrupts is Crashed")
def interrupted():
    raises(KeyboardInterrupt, told_to_stop)
    equal(state_of_only_run("told-to-stop").name, "Crashed")


@check("a flow whose process is told to end is Crashed")
def terminated():
    with python(FLOWS / "long.py") as process:
        run_id = process.word_after("started")
        process.popen.terminate()
        process.popen.wait(LIMIT_S)
    state = flow_run(run_id).state
    equal((state.type.value, state.name), ("CRASHED", "Crashed"))
    contains(state.message, "termination signal")


def state_of_only_run(flow_name: str) -> State:
    with get_client(sync_client=True) as client:
        flow_id = client.read_flow_by_name(flow_name).id
        (run,) = [each for each in client.read_flow_runs(limit=200) if each.flow_id == flow_id]
    return run.state


if __name__ == "__main__":
    run_checks()
