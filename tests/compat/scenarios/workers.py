"""Work pools, deployments from local source, and Prefect's own process worker."""

from contextlib import ExitStack

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Cancelling
from prefect.workers.process import ProcessWorker

from kit.checks import check, contains, equal, raises, run_checks
from kit.deployments import deployment, until
from kit.processes import FLOWS, prefect
from kit.recorded import flow_states, logs, names, task_run
from kit.waiting import LIMIT_S, eventually

POOL = "compat-pool"


def from_here(entrypoint: str):
    return flow.from_source(source=str(FLOWS), entrypoint=f"worked.py:{entrypoint}")


def run(name: str, **options: object) -> FlowRun:
    return run_deployment(name, timeout=0, **options)


@check("a pool is made once, with the template of its kind")
def pool():
    with get_client(sync_client=True) as client:
        wanted = WorkPoolCreate(
            name=POOL, type="process", base_job_template=ProcessWorker.get_default_base_job_template()
        )
        made = client.create_work_pool(wanted)
        raises(ObjectAlreadyExists, lambda: client.create_work_pool(wanted))
        equal((made.name, made.type, made.is_paused, made.concurrency_limit), (POOL, "process", False, None))
        equal(client.read_work_pool(POOL).base_job_template["variables"]["type"], "object")
        raises(ObjectNotFound, lambda: client.read_work_pool("no-such-pool"))


@check("a deployment to a pool has its pool, its queue and its pull steps")
def deploys():
    from_here("worked").deploy("plain", work_pool_name=POOL, parameters={"value": 4}, tags=["deployed"])
    from_here("worked").deploy("worded", work_pool_name=POOL, job_variables={"env": {"COMPAT_WORD": "a word"}})
    from_here("lasting").deploy("to-cancel", work_pool_name=POOL)
    from_here("breaking").deploy("breaks", work_pool_name=POOL)
    found = deployment("worked/plain")
    equal((found.work_pool_name, found.work_queue_name), (POOL, "default"))
    equal((found.parameters, found.tags), ({"value": 4}, ["deployed"]))
    equal(found.pull_steps, [{"prefect.deployments.steps.set_working_directory": {"directory": str(FLOWS)}}])
    equal(deployment("worked/worded").job_variables, {"env": {"COMPAT_WORD": "a word"}})


@check("without a worker a run waits, and is Late in the end")
def late():
    waiting = run("worked/plain")
    made["run that waited"] = until(waiting.id, "Late")


# What a check leaves to those after it.
made: dict[str, object] = {}


@check("a worker takes the run that waited, and says that it is there")
def takes_late():
    made["worker"] = stack.enter_context(prefect("worker", "start", "--pool", POOL, "--name", "compat-worker"))
    run_ = until(made["run that waited"].id, "Completed")
    equal((run_.work_pool_name, run_.work_queue_name), (POOL, "default"))
    states = names(flow_states(run_.id))
    equal((states[0], states[-2:]), ("Scheduled", ["Running", "Completed"]))
    equal([name for name in ("Late", "Pending") if name in states], ["Late", "Pending"])
    equal(task_run(run_.id, "double", 1).state.name, "Completed")
    with get_client(sync_client=True) as client:
        (worker,) = client.read_workers_for_work_pool(POOL)
        equal((worker.name, worker.status.value), ("compat-worker", "ONLINE"))
        eventually(lambda: client.read_work_pool(POOL).status.value == "READY", "the pool to be ready")


@check("job variables reach the process, those of a run before those of its deployment")
def job_variables():
    first = run("worked/worded")
    second = run("worked/worded", job_variables={"env": {"COMPAT_WORD": "another word"}})
    for run_, word in ((first, "a word"), (second, "another word")):
        until(run_.id, "Completed")
        expected = f"from worded with {word}"
        eventually(lambda run_=run_, e=expected: e in [line.message for line in logs(run_.id, 1)], expected)


@check("a run that breaks is Failed, and the worker goes on")
def breaks():
    contains(until(run("breaking/breaks").id, "Failed").state.message, "broken on purpose")


@check("a run that is told to cancel is stopped by its worker")
def cancels():
    run_ = run("lasting/to-cancel")
    until(run_.id, "Running")
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run_.id, Cancelling())
    until(run_.id, "Cancelled")
    equal(names(flow_states(run_.id))[-2:], ["Cancelling", "Cancelled"])


@check("a paused pool gives out no run until it goes on")
def paused_pool():
    with get_client(sync_client=True) as client:
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))
        equal(client.read_work_pool(POOL).status.value, "PAUSED")
        held = run("worked/plain")
        until(held.id, "Late")
        client.update_work_pool(POOL, WorkPoolUpdate(is_paused=False))
    until(held.id, "Completed")


@check("a queue has its own runs, and a worker of the pool serves it")
def queues():
    with get_client(sync_client=True) as client:
        queue = client.create_work_queue(name="urgent", work_pool_name=POOL, priority=1)
        equal((queue.name, queue.priority, queue.is_paused), ("urgent", 1, False))
    run_ = until(run("worked/plain", work_queue_name="urgent").id, "Completed")
    equal(run_.work_queue_name, "urgent")


@check("a worker that is told to end does so")
def ends():
    worker = made["worker"]
    worker.popen.terminate()
    equal(worker.popen.wait(LIMIT_S), 0, "its exit code")


if __name__ == "__main__":
    with ExitStack() as stack:
        run_checks()
