"""Map and submit on the thread runner, futures, and what is recorded of them."""

import threading

from prefect import allow_failure, flow, task, unmapped
from prefect.client.schemas.objects import TaskRun
from prefect.futures import as_completed, wait
from prefect.runtime import flow_run as runtime
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner

from kit.checks import check, equal, raises, run_checks
from kit.recorded import flow_run, known_task_runs, task_runs
from kit.waiting import eventually


@task
def scale(value: int, factor: int) -> int:
    return value * factor


@task
def total(values: list[int]) -> int:
    return sum(values)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=4))
def mapped(width: int) -> tuple[str, int]:
    scaled = scale.map(range(width), unmapped(10))
    return runtime.id, total.submit(scaled).result()


@check("a map gives its values in order, and each of its items is a task run")
def maps():
    run_id, value = mapped(20)
    equal(value, 1900)
    runs = task_runs(run_id, 21)
    equal(len(runs), 21)
    equal({run.state.name for run in runs}, {"Completed"})
    items = [run for run in runs if run.name.startswith("scale-")]
    equal((len(items), len({run.task_key for run in items}), len({run.dynamic_key for run in items})), (20, 1, 20))


@check("a task that takes all futures of a map has all of them as inputs")
def map_inputs():
    run_id, _ = mapped(5)
    runs = task_runs(run_id, 6)
    (last,) = [run for run in runs if run.name.startswith("total-")]
    items = {run.id for run in runs if run.name.startswith("scale-")}
    equal({each.id for each in last.task_inputs["values"]}, items)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=3))
def together() -> tuple[str, int]:
    barrier = threading.Barrier(3)

    @task
    def meet(_: int) -> int:
        return barrier.wait(timeout=60)

    return runtime.id, len({future.result() for future in meet.map(range(3))})


@check("submitted tasks run at the same time")
def concurrently():
    run_id, met = together()
    equal(met, 3, "tasks that met")
    equal(len(task_runs(run_id, 3)), 3)


@task
def odd_fails(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


@task
def after(value: object) -> str:
    return type(value).__name__


@flow
def half_fails() -> tuple[str, list[str], list[str]]:
    futures = odd_fails.map(range(4))
    blocked = after.map(futures)
    tolerant = after.map(allow_failure(futures))
    wait([*futures, *blocked, *tolerant])
    return runtime.id, [each.state.name for each in blocked], [each.result() for each in tolerant]


def task_runs_of_all(run_id: str, count: int) -> list[TaskRun]:
    """NotReady is a pending state, so such runs never end."""

    def look() -> list[TaskRun]:
        runs = known_task_runs(run_id)
        settled = [run for run in runs if run.state.is_final() or run.state.name == "NotReady"]
        return runs if len(settled) == count else []

    return eventually(look, f"{count} task runs")


@check("what depends on a failed item is NotReady, unless failures are allowed")
def upstream_failures():
    run_id, blocked, tolerant = half_fails()
    equal(blocked, ["Completed", "NotReady", "Completed", "NotReady"])
    equal(tolerant, ["int", "ValueError", "int", "ValueError"])
    runs = task_runs_of_all(run_id, 12)
    states = sorted((run.name.rsplit("-", 1)[0], run.state.name) for run in runs)
    expected = [("after", "Completed")] * 6 + [("after", "NotReady")] * 2
    equal(states, expected + [("odd_fails", "Completed")] * 2 + [("odd_fails", "Failed")] * 2)


@check("a failed item fails its future's result, and leaves the others alone")
def failed_future():
    @flow
    def reads() -> str:
        futures = odd_fails.map([0, 1])
        equal(futures[0].result(), 0)
        equal(str(raises(ValueError, lambda: futures[1].result())), "1 is odd")
        equal(futures[1].result(raise_on_failure=False).args, ("1 is odd",))
        return runtime.id

    equal(flow_run(reads()).state.name, "Completed")


@check("as_completed gives each future once")
def completed_once():
    @flow
    def collects() -> list[int]:
        return sorted(future.result() for future in as_completed(scale.map(range(5), unmapped(2))))

    equal(collects(), [0, 2, 4, 6, 8])


@task
def square(value: int) -> int:
    return value * value


@flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
def in_processes() -> tuple[str, list[int]]:
    return runtime.id, square.map(range(4)).result()


@check("tasks of the process runner are recorded as those of threads are")
def process_runner():
    run_id, values = in_processes()
    equal(values, [0, 1, 4, 9])
    equal({run.state.name for run in task_runs(run_id, 4)}, {"Completed"})


if __name__ == "__main__":
    run_checks()
