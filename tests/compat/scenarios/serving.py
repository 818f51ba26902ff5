"""Deployments that a process serves: parameters, runs asked for by another process, and their cancelling."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runtime import flow_run as runtime
from prefect.states import Cancelled, Cancelling

from kit.checks import check, contains, equal, raises, run_checks
from kit.deployments import deployment, until
from kit.processes import FLOWS, python
from kit.recorded import flow_run, flow_states, logs, names, task_run, task_runs
from kit.waiting import eventually

DOUBLING = "doubling/with-defaults"
EACH_STEP = ["Suspended", "Resuming", "Completed"]


@check("a served flow is a deployment, with what it was served with")
def registered():
    found = deployment(DOUBLING)
    equal((found.parameters, found.tags, found.version, found.paused), ({"value": 21}, ["served"], "v1", False))
    contains(found.entrypoint, "served.py:doubling")
    equal((found.description or "").startswith("Doubles a value."), True, "its description")
    schema = found.parameter_openapi_schema
    equal((schema["required"], found.enforce_parameter_schema), (["value"], True))
    equal(schema["properties"]["value"]["type"], "integer")
    equal(schema["properties"]["label"]["default"], "none")


@check("a deployment is run by another process, which waits for its end and reads its result")
def run_and_wait():
    run = run_deployment(DOUBLING, parameters={"label": "asked"}, timeout=90, poll_interval=0.5)
    equal(run.state.name, "Completed")
    result = run.state.result()
    equal((result["value"], result["label"], result["deployment"]), (42, "asked", "with-defaults"))
    equal(result["run"], str(run.id))
    run = flow_run(run.id)
    equal((run.parameters, run.deployment_id), ({"value": 21, "label": "asked"}, deployment(DOUBLING).id))
    equal(names(flow_states(run.id))[0], "Scheduled")
    equal(names(flow_states(run.id))[-2:], ["Running", "Completed"])
    equal(task_run(run.id, "double", 1).state.name, "Completed")
    eventually(lambda: "doubling 21" in [line.message for line in logs(run.id, 1)], "the printed line")


@check("a run that is asked for need not be waited for, and has the name and tags that it was given")
def named_run():
    run = run_deployment(DOUBLING, timeout=0, flow_run_name="by-name", tags=["asked"])
    equal(run.state.name, "Scheduled")
    run = until(run.id, "Completed")
    equal((run.name, set(run.tags)), ("by-name", {"asked", "served"}))


@check("an idempotency key makes one run")
def idempotent():
    first = run_deployment(DOUBLING, timeout=0, idempotency_key="once")
    second = run_deployment(DOUBLING, timeout=0, idempotency_key="once")
    equal(first.id, second.id)


@check("a run may be asked for at a later time, and is not run before")
def later():
    due = datetime.now(UTC) + timedelta(seconds=4)
    run = until(run_deployment(DOUBLING, scheduled_time=due, timeout=0).id, "Completed")
    equal(run.expected_start_time, due)
    # A wait is told in whole seconds, to the nearest, as by Prefect's own server: half a second is none.
    equal(run.start_time >= due - timedelta(seconds=0.5), True, f"started at {run.start_time}, due at {due}")


@check("parameters that do not fit the schema are refused")
def refused_parameters():
    error = raises(PrefectHTTPStatusError, lambda: run_deployment(DOUBLING, parameters={"value": "many"}, timeout=0))
    equal(error.response.status_code in (409, 422), True, f"status {error.response.status_code}")
    contains(error.response.text, "many")


@check("a run that a flow asks for is its child")
def as_subflow():
    @flow
    def asks() -> tuple[str, UUID]:
        return runtime.id, run_deployment(DOUBLING, timeout=90, poll_interval=0.5).id

    parent_id, child_id = asks()
    (stand_in,) = task_runs(parent_id, 1)
    equal(flow_run(child_id).parent_task_run_id, stand_in.id)
    equal(stand_in.state.name, "Completed")


@check("a run that is told to cancel is stopped, and is Cancelled")
def cancels():
    run = run_deployment("lasting/to-cancel", timeout=0)
    until(run.id, "Running")
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Cancelling())
    until(run.id, "Cancelled")
    states = names(flow_states(run.id))
    equal((states[0], states[-2:]), ("Scheduled", ["Cancelling", "Cancelled"]))
    eventually(lambda: "hook of cancellation" in server.printed(), "the hook of cancellation")


@check("a run that waits is cancelled at once")
def cancels_waiting():
    due = datetime.now(UTC) + timedelta(hours=1)
    run = run_deployment(DOUBLING, scheduled_time=due, timeout=0)
    with get_client(sync_client=True) as client:
        result = client.set_flow_run_state(run.id, Cancelled())
    equal((result.status.value, flow_run(run.id).state.name), ("ACCEPT", "Cancelled"))


@check("a suspended run gives up its process, and is run again from the top with the input that it waited for")
def suspends():
    run = run_deployment("suspending/suspends", timeout=0)
    run = until(run.id, "Suspended")
    equal((run.state.type.value, run.state.state_details.pause_reschedule), ("PAUSED", True))
    with get_client(sync_client=True) as client:
        refused = client.resume_flow_run(run.id, {"value": 7})
        equal((refused.status.value, flow_run(run.id).state.name), ("REJECT", "Suspended"))
        equal(client.resume_flow_run(run.id, {"value": "go"}).status.value, "ACCEPT")
    run = until(run.id, "Completed")
    equal(run.state.result(), "go 2")
    states = names(flow_states(run.id))
    equal([each for each in states if each in EACH_STEP], EACH_STEP)
    equal(run.run_count, 1, "run count: a run that is resumed goes on with its first")


@check("a deployment that runs one at a time cancels what comes meanwhile, where that is its strategy")
def one_at_a_time():
    name = "lasting/one-at-a-time"
    first = until(run_deployment(name, timeout=0).id, "Running")
    second = until(run_deployment(name, timeout=0).id, "Cancelled")
    equal(second.run_count, 0, "runs of the second")
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(first.id, Cancelling())
    until(first.id, "Cancelled")
    equal(deployment(name).global_concurrency_limit.limit, 1)


@check("a run whose process dies is Crashed")
def dies():
    run = until(run_deployment("dying/dies", timeout=0).id, "Crashed")
    contains(run.state.message, "3")


if __name__ == "__main__":
    with python(FLOWS / "served.py") as server:
        server.until_printed("being served")
        run_checks()
