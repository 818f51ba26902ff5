"""Flows and tasks called directly: states, names, tags, parameters and counts as recorded."""

import asyncio
from datetime import timedelta

from prefect import flow, tags, task
from prefect.client.orchestration import get_client
from prefect.exceptions import ParameterTypeError
from prefect.runtime import flow_run as runtime
from pydantic import BaseModel

from kit.checks import check, equal, raises, run_checks
from kit.recorded import flow_run, flow_states, lone_task_run, names, task_run, task_runs, task_states


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@flow
def hello(name: str = "world") -> tuple[str, str]:
    return runtime.id, greet(name)


# First, because the client names the flow run that its event sender was started in on all events that have none.
@check("a task outside a flow runs, and is recorded without a flow run")
def task_alone():
    state = greet("alone", return_state=True)
    equal(state.result(), "Hello, alone!")
    run = lone_task_run(state.state_details.task_run_id)
    equal((run.state.name, run.flow_run_id), ("Completed", None))


@check("a flow and its task complete, and their values are returned")
def completes():
    run_id, greeting = hello()
    equal(greeting, "Hello, world!")
    run = flow_run(run_id)
    equal((run.state.type.value, run.state.name), ("COMPLETED", "Completed"))
    equal(run.run_count, 1, "run count of the flow run")
    equal(names(flow_states(run_id)), ["Pending", "Running", "Completed"], "states of the flow run")
    (task_run_,) = task_runs(run_id, 1)
    equal((task_run_.state.type.value, task_run_.run_count), ("COMPLETED", 1))
    equal(names(task_states(task_run_.id)), ["Pending", "Running", "Completed"], "states of the task run")


@check("times of a run are in order, and its total run time lies between them")
def times():
    run_id, _ = hello()
    run = flow_run(run_id)
    equal(run.expected_start_time <= run.start_time <= run.end_time, True, "order of the times")
    equal(timedelta(0) < run.total_run_time <= run.end_time - run.start_time, True, "total run time")
    (task_run_,) = task_runs(run_id, 1)
    equal(
        run.start_time <= task_run_.start_time <= task_run_.end_time <= run.end_time, True, "the task within the flow"
    )


@check("parameters are recorded, defaults among them")
def parameters():
    run_id, _ = hello()
    equal(flow_run(run_id).parameters, {"name": "world"})
    run_id, _ = hello("Ada")
    equal(flow_run(run_id).parameters, {"name": "Ada"})


class Sample(BaseModel):
    rows: int
    names: list[str] = []


@flow(validate_parameters=True)
def takes_model(sample: Sample, ratio: float) -> tuple[str, Sample, float]:
    return runtime.id, sample, ratio


@check("parameters are coerced to their types, and models recorded as JSON")
def coerces():
    run_id, sample, ratio = takes_model({"rows": "3"}, "0.5")
    equal((sample, ratio), (Sample(rows=3), 0.5))
    equal(flow_run(run_id).parameters["sample"], {"rows": "3"}, "the parameter as it was given")


@check("parameters that do not fit fail the run before its function is called")
def refuses_parameters():
    error = raises(ParameterTypeError, lambda: takes_model({"rows": "three"}, 1.0))
    equal("rows" in str(error), True, "the error names the field")


@task(tags=["task-tag"], task_run_name="load-{part}")
def load(part: int) -> int:
    return part


@flow(name="named-flow", flow_run_name="run-of-{day}", version="v7", description="Loads parts.")
def named(day: str) -> str:
    load(1)
    with tags("inner"):
        load(2)
    return runtime.id


@check("names, tags and the version are recorded")
def names_and_tags():
    with tags("outer"):
        run_id = named("monday")
    run = flow_run(run_id)
    equal((run.name, run.flow_version, run.tags), ("run-of-monday", "v7", ["outer"]))
    first, second = task_runs(run_id, 2)
    equal((first.name, second.name), ("load-1", "load-2"))
    equal((set(first.tags), set(second.tags)), ({"task-tag", "outer"}, {"task-tag", "outer", "inner"}))
    with get_client(sync_client=True) as client:
        equal(client.read_flow(run.flow_id).name, "named-flow")
        equal(client.read_flow_by_name("named-flow").id, run.flow_id)


@check("a task run that has no name of its own is named by its task, a flow run by two words")
def default_names():
    run_id, _ = hello()
    equal(len(flow_run(run_id).name.split("-")), 2, "words of the flow run's name")
    task_run(run_id, "greet-", 1)


@check("two runs of a flow are runs of one flow")
def one_flow():
    first, second = flow_run(hello()[0]), flow_run(hello()[0])
    equal(first.flow_id, second.flow_id)
    equal(first.id == second.id, False, "the same run")


@task
def join(left: list[int], right: list[int]) -> list[int]:
    return left + right


@flow
def chained() -> str:
    first = join([1], [2])
    second = join.submit(first, [3])
    join.submit(second, right=[4]).wait()
    return runtime.id


@check("what a task took from another is recorded as its input")
def inputs():
    run_id = chained()
    runs = sorted(task_runs(run_id, 3), key=lambda run: run.start_time)
    # Where a thread takes its next task in the context of its last, the client names that one too, as a parent.
    inputs_ = [{name: [each.id for each in run.task_inputs[name]] for name in ("left", "right")} for run in runs]
    equal(inputs_[0], {"left": [], "right": []}, "inputs of the first")
    equal(inputs_[1], {"left": [runs[0].id], "right": []}, "inputs of the second, which took a value")
    equal(inputs_[2], {"left": [runs[1].id], "right": []}, "inputs of the third, which took a future")


@flow
async def asynchronous() -> tuple[str, int]:
    return runtime.id, await double(21)


@task
async def double(value: int) -> int:
    return value * 2


@check("an async flow awaits its tasks")
def async_flow():
    run_id, value = asyncio.run(asynchronous())
    equal((value, flow_run(run_id).state.name), (42, "Completed"))
    equal(len(task_runs(run_id, 1)), 1)


if __name__ == "__main__":
    run_checks()
