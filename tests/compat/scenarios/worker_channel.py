"""The WebSocket of Prefect's worker: its heartbeats, its pool as it changes, and what it is told to tear down."""

import subprocess
import sys
from contextlib import ExitStack

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import Worker
from prefect.deployments import run_deployment
from prefect.states import Cancelling, Running
from prefect.workers.process import ProcessWorker

from kit.checks import check, equal, run_checks
from kit.deployments import deployment, until
from kit.processes import FLOWS, prefect, python
from kit.recorded import logs
from kit.waiting import LIMIT_S, eventually

POOL = "channel-pool"

# What a worker says where it needs no REST, and where it is left with nothing else.
BY_CHANNEL = "Skipping REST worker heartbeat because the worker channel is healthy."
FELL_BACK = "Worker channel disabled"

# What a check leaves to those after it.
made: dict[str, object] = {}


def the_worker(name: str) -> Worker | None:
    with get_client(sync_client=True) as client:
        found = [each for each in client.read_workers_for_work_pool(POOL) if each.name == name]
    return found[0] if found else None


@check("a worker connects by its channel, and its heartbeats come over it")
def heartbeats():
    with get_client(sync_client=True) as client:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))
    env = {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_WORKER_HEARTBEAT_SECONDS": "1"}
    worker = stack.enter_context(prefect("worker", "start", "--pool", POOL, "--name", "by-channel", **env))
    made["worker"] = worker
    worker.until_printed(BY_CHANNEL)
    first = eventually(lambda: the_worker("by-channel"), "the worker")
    equal((first.status.value, first.heartbeat_interval_seconds), ("ONLINE", 1))

    def later() -> bool:
        return the_worker("by-channel").last_heartbeat_time > first.last_heartbeat_time

    eventually(later, "a heartbeat over the channel")


@check("it goes on running deployments")
def runs():
    flow.from_source(source=str(FLOWS), entrypoint="worked.py:worked").deploy("channelled", work_pool_name=POOL)
    until(run_deployment("worked/channelled", timeout=0).id, "Completed")


@check("it is shown its pool when that is changed")
def snapshots():
    with get_client(sync_client=True) as client:
        template = client.read_work_pool(POOL).base_job_template
        template["variables"]["properties"]["env"]["default"] = {"COMPAT_WORD": "the pool's word"}
        client.update_work_pool(POOL, WorkPoolUpdate(base_job_template=template))

    def has_word() -> bool:
        run = until(run_deployment("worked/channelled", timeout=0).id, "Completed")
        lines = eventually(lambda: [each for each in logs(run.id, 1) if each.message.startswith("from ")], "its line")
        return lines[0].message == "from channelled with the pool's word"

    eventually(has_word, "a run with the changed template")


@check("it has not fallen back to REST")
def no_fallback():
    worker = made["worker"]
    before = worker.printed().count(BY_CHANNEL)
    eventually(lambda: worker.printed().count(BY_CHANNEL) > before, "a heartbeat that needs no REST")
    equal(FELL_BACK in worker.printed(), False, "whether it has fallen back")
    worker.popen.terminate()
    equal(worker.popen.wait(LIMIT_S), 0, "its exit code")


@check("what it started for a run that stays Cancelling is torn down, and the run is Cancelled")
def tears_down():
    worker = stack.enter_context(python(FLOWS / "tearing_worker.py", POOL))
    eventually(lambda: the_worker("tearing-worker"), "the worker")
    started = stack.enter_context(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
    stack.callback(started.kill)
    with get_client(sync_client=True) as client:
        # Its process says nothing any more.
        run = client.create_flow_run_from_deployment(deployment("worked/channelled").id, state=Running())
        client.update_flow_run(run.id, infrastructure_pid=str(started.pid))
        client.set_flow_run_state(run.id, Cancelling())
    equal(worker.word_after("torn-down"), str(started.pid))
    equal(started.wait(LIMIT_S) < 0, True, "ended by a signal")
    until(run.id, "Cancelled")


if __name__ == "__main__":
    with ExitStack() as stack:
        run_checks()
