"""Prefect's side of the benchmark: `hello`, or `tasks SEQUENTIAL MAPPED`. Prints one line of JSON."""

import json
import sys
import time

import httpx
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.context import get_run_context

RECORD_LIMIT_S = 300
POLL_S = 0.1


@task
def noop(index: int) -> int:
    return index


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@flow
def hello() -> str:
    return greet("world")


# When the last task of a flow has returned. The client's heartbeat then sleeps to the end of a whole second.
tasks_ended_at = 0.0
tasks_cpu_ended_at = 0.0


@flow
def sequential(tasks: int) -> str:
    global tasks_ended_at, tasks_cpu_ended_at
    for index in range(tasks):
        noop(index)
    tasks_ended_at = time.perf_counter()
    tasks_cpu_ended_at = time.process_time()
    return str(get_run_context().flow_run.id)


@flow
def mapped(tasks: int) -> str:
    global tasks_ended_at, tasks_cpu_ended_at
    values = [future.result() for future in noop.map(range(tasks))]
    tasks_ended_at = time.perf_counter()
    tasks_cpu_ended_at = time.process_time()
    assert values == list(range(tasks))
    return str(get_run_context().flow_run.id)


def count_recorded(flow_run_id: str) -> int:
    filters = {
        "flow_runs": {"id": {"any_": [flow_run_id]}},
        "task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    with get_client(sync_client=True) as client:
        answer = httpx.post(f"{str(client.api_url).rstrip('/')}/task_runs/count", json=filters, timeout=30)
    # Busy: asked again.
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return 0
    answer.raise_for_status()
    return answer.json()


def measure(run, tasks: int) -> dict:
    """Until the last task and the call return, and until the server has the end of each task: it hears of them by events."""
    started_at = time.perf_counter()
    cpu_started_at = time.process_time()
    flow_run_id = run(tasks)
    returned_at = time.perf_counter()
    recorded = count_recorded(flow_run_id)
    while recorded < tasks:
        if time.perf_counter() - started_at > RECORD_LIMIT_S:
            raise TimeoutError(f"{recorded} of {tasks} task runs were recorded in {RECORD_LIMIT_S} s")
        time.sleep(POLL_S)
        recorded = count_recorded(flow_run_id)
    recorded_at = time.perf_counter()
    ends = {"tasksMs": tasks_ended_at, "returnedMs": returned_at, "recordedMs": recorded_at}
    times = {name: (ended_at - started_at) * 1000 for name, ended_at in ends.items()}
    return {**times, "tasksCpuMs": (tasks_cpu_ended_at - cpu_started_at) * 1000}


def ms_of(run) -> float:
    started_at = time.perf_counter()
    run()
    return (time.perf_counter() - started_at) * 1000


if sys.argv[1] == "hello":
    # The second has a server that runs already.
    first_flow_ms = ms_of(hello)
    print(json.dumps({"firstFlowMs": first_flow_ms, "flowMs": ms_of(hello)}), flush=True)
else:
    count, width = int(sys.argv[2]), int(sys.argv[3])
    measure(sequential, 20)
    measured = {"sequential": measure(sequential, count), "map": measure(mapped, width)}
    print(json.dumps(measured), flush=True)
