"""What a run can learn of itself while it runs."""

import os

from prefect import flow, tags, task
from prefect.context import FlowRunContext, TaskRunContext
from prefect.runtime import deployment as runtime_deployment
from prefect.runtime import flow_run as runtime_flow_run
from prefect.runtime import task_run as runtime_task_run

from kit.checks import check, equal, run_checks
from kit.recorded import flow_run, task_runs

FLOW_WORDS = ("id", "name", "flow_name", "flow_version", "parameters", "tags", "run_count", "parent_flow_run_id")
TASK_WORDS = ("id", "name", "task_name", "parameters", "tags", "run_count")


@task(tags=["inner"])
def looks(value: int) -> dict:
    known = {word: getattr(runtime_task_run, word) for word in TASK_WORDS}
    equal(TaskRunContext.get().parameters, {"value": value})
    return known


@flow(version="v3")
def sees(value: int) -> tuple[dict, dict]:
    known = {word: getattr(runtime_flow_run, word) for word in FLOW_WORDS}
    equal(str(FlowRunContext.get().flow_run.id), known["id"])
    return known, looks(value)


@check("a flow and its task know their names, tags, parameters and counts")
def knows():
    with tags("outer"):
        of_flow, of_task = sees(7)
    run = flow_run(of_flow["id"])
    (task_run,) = task_runs(run.id, 1)
    equal(
        of_flow,
        {
            "id": str(run.id),
            "name": run.name,
            "flow_name": "sees",
            "flow_version": "v3",
            "parameters": {"value": 7},
            "tags": ["outer"],
            "run_count": 1,
            "parent_flow_run_id": None,
        },
    )
    equal(of_task["id"], str(task_run.id))
    equal((of_task["name"], of_task["task_name"], of_task["parameters"]), (task_run.name, "looks", {"value": 7}))
    equal((set(of_task["tags"]), of_task["run_count"]), ({"inner", "outer"}, 1))


@check("where the run is shown is known")
def urls():
    @flow
    def where() -> tuple[str, str]:
        return runtime_flow_run.id, runtime_flow_run.api_url

    run_id, api_url = where()
    equal((api_url.startswith(os.environ["PREFECT_API_URL"]), api_url.endswith(run_id)), (True, True), api_url)


@check("a run without a deployment knows of none")
def no_deployment():
    @flow
    def local() -> tuple[object, object, object]:
        return runtime_deployment.id, runtime_deployment.name, runtime_flow_run.parent_deployment_id

    equal(local(), (None, None, None))


@check("outside of a run there is nothing to know")
def outside():
    equal((runtime_flow_run.id, runtime_task_run.id, FlowRunContext.get()), (None, None, None))


if __name__ == "__main__":
    run_checks()
