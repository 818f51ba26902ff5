"""Flows called by flows: the task run that stands for the child in its parent, and the tie between the two."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from prefect import flow, tags, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.context import get_run_context
from prefect.runtime import flow_run as runtime

from kit.checks import check, equal, raises, run_checks
from kit.recorded import flow_run, flow_states, names, task_run, task_runs, task_states


@task
def leaf(value: int) -> int:
    return value + 1


@flow
def child(value: int) -> tuple[str, int]:
    return runtime.id, leaf(value)


@flow
def parent() -> tuple[str, str]:
    child_id, value = child(1)
    equal(value, 2)
    return runtime.id, child_id


@check("a child's run is tied to a task run of its parent, which has the child's state")
def tracked():
    parent_id, child_id = parent()
    (stand_in,) = task_runs(parent_id, 1)
    run = flow_run(child_id)
    equal(run.parent_task_run_id, stand_in.id)
    equal(stand_in.name.startswith("child-"), True, f"name of the task run, {stand_in.name!r}")
    equal((stand_in.state.name, str(stand_in.state.state_details.child_flow_run_id)), ("Completed", child_id))
    equal(list(dict.fromkeys(names(task_states(stand_in.id)))), ["Pending", "Running", "Completed"])
    equal(names(flow_states(child_id)), ["Pending", "Running", "Completed"])
    equal(len(task_runs(child_id, 1)), 1, "task runs of the child")


@check("children are found by their parent")
def found_by_parent():
    parent_id, child_id = parent()
    with get_client(sync_client=True) as client:
        filter_ = FlowRunFilter.model_validate({"parent_flow_run_id": {"any_": [parent_id]}})
        equal([str(run.id) for run in client.read_flow_runs(flow_run_filter=filter_)], [child_id])
        roots = FlowRunFilter.model_validate({"parent_task_run_id": {"is_null_": True}})
        found = [str(run.id) for run in client.read_flow_runs(flow_run_filter=roots, limit=200)]
    equal((parent_id in found, child_id in found), (True, False), "among the roots")


@check("a child has its parent's tags")
def tags_handed_down():
    with tags("nightly"):
        parent_id, child_id = parent()
    equal((flow_run(parent_id).tags, flow_run(child_id).tags), (["nightly"], ["nightly"]))


@flow
def failing_child() -> None:
    raise ValueError("the child fails")


@check("a child that fails is caught as any exception, and its task run is Failed")
def caught():
    @flow
    def tolerant() -> str:
        raises(ValueError, failing_child)
        return runtime.id

    run_id = tolerant()
    equal(flow_run(run_id).state.name, "Completed")
    (stand_in,) = task_runs(run_id, 1)
    equal(stand_in.state.name, "Failed")


@check("a child whose exception is not caught fails its parent")
def uncaught():
    @flow
    def intolerant() -> None:
        failing_child()

    state = intolerant(return_state=True)
    equal(flow_run(state.state_details.flow_run_id).state.name, "Failed")


@check("the result of a task is an input of the child that takes it")
def inputs():
    @flow
    def takes(values: list[int]) -> int:
        return sum(values)

    @task
    def gives() -> list[int]:
        return [1, 2]

    @flow
    def chains() -> str:
        takes(gives())
        return runtime.id

    run_id = chains()
    upstream = task_run(run_id, "gives", 2)
    equal([each.id for each in task_run(run_id, "takes", 2).task_inputs["values"]], [upstream.id])


@check("children in threads are each tied to their parent")
def in_threads():
    @flow
    def fans_out() -> str:
        context = get_run_context()
        run_id = str(context.flow_run.id)
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(copy_context().run, child, value) for value in range(3)]
            equal([job.result()[1] for job in jobs], [1, 2, 3])
        return run_id

    run_id = fans_out()
    equal({run.state.name for run in task_runs(run_id, 3)}, {"Completed"})


@check("a grandchild knows its parent and its root")
def generations():
    @flow
    def grandchild() -> tuple[str, str]:
        return runtime.parent_flow_run_id, runtime.root_flow_run_id

    @flow
    def middle() -> tuple[str, tuple[str, str]]:
        return runtime.id, grandchild()

    @flow
    def top() -> tuple[str, tuple[str, tuple[str, str]]]:
        return runtime.id, middle()

    top_id, (middle_id, (seen_parent, seen_root)) = top()
    equal((seen_parent, seen_root), (middle_id, top_id))


if __name__ == "__main__":
    run_checks()
