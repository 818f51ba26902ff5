"""Tasks run in the background by another process, which serves them."""

import sys
from tempfile import mkdtemp

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run as runtime

from kit.checks import check, contains, equal, raises, run_checks
from kit.processes import FLOWS, python
from kit.recorded import lone_task_run, names, task_runs, task_states
from kit.waiting import LIMIT_S, eventually

sys.path.insert(0, str(FLOWS))

import background  # noqa: E402

SERVED = FLOWS / "background.py"


@check("a task that was delayed before anybody serves it waits, and then runs")
def waits():
    future = background.double.delay(21)
    with get_client(sync_client=True) as client:
        run = client.read_task_run(future.task_run_id)
    equal((run.state.type.value, run.state.name, run.flow_run_id), ("SCHEDULED", "Scheduled", None))
    equal(run.state.state_details.deferred, True)
    with python(SERVED, 2) as server:
        run = lone_task_run(future.task_run_id)
        server.until_printed("doubles 21")
    equal((run.state.name, run.run_count), ("Completed", 1))
    states = names(task_states(run.id))
    equal((states[0], states[-1]), ("Scheduled", "Completed"))
    equal(run.state.result(), 42)


@check("a future is waited for and gives the value")
def future():
    with python(SERVED, 2):
        future_ = background.double.delay(4)
        future_.wait(timeout=LIMIT_S)
        equal(future_.state.name, "Completed")
        equal(future_.result(timeout=LIMIT_S), 8)


@check("many run, each once")
def many():
    with python(SERVED, 5) as server:
        futures = [background.double.delay(1000 + number) for number in range(20)]
        values = {lone_task_run(each.task_run_id).state.result() for each in futures}
        equal(values, {2 * (1000 + number) for number in range(20)})
        printed = server.printed()
        counts = {printed.count(f"doubles {1000 + number}\n") for number in range(20)}
    equal(counts, {1}, "how often each ran")


@check("a task that fails is tried again, or is Failed")
def failures():
    with python(SERVED, 2):
        retried = background.breaks_once.delay(f"{mkdtemp()}/mark")
        failed = background.breaks.delay()
        run = lone_task_run(failed.task_run_id)
        equal(run.state.name, "Failed")
        contains(run.state.message, "always")
        eventually(lambda: lone_task_run(retried.task_run_id).state.name == "Completed", "the second attempt")
        raises(ValueError, failed.result)


@check("a flow that delays a task has it among its task runs")
def from_a_flow():
    @flow
    def delays() -> tuple[str, str]:
        return runtime.id, str(background.double.delay(7).task_run_id)

    with python(SERVED, 2):
        run_id, task_run_id = delays()
        equal([str(run.id) for run in task_runs(run_id, 1)], [task_run_id])


if __name__ == "__main__":
    run_checks()
