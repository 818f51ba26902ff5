"""The flows of three published lessons, run as their readers run them: as scripts, and then by a worker."""

import os
from pathlib import Path
from tempfile import mkdtemp

from prefect import flow
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments import run_deployment
from prefect.workers.process import ProcessWorker

from kit.checks import check, contains, equal, run_checks
from kit.deployments import deployment, runs_of, until
from kit.processes import FLOWS, Process, prefect, python
from kit.recorded import flow_run, task_runs
from kit.waiting import LIMIT_S, eventually

LESSONS = FLOWS / "lessons"
POOL = "lessons"

TRAINING_DATA = "a,b,target\n0,0,0\n0,1,0\n5,5,1\n6,5,1\n"


def runs_of_flow(name: str) -> list[FlowRun]:
    """Oldest first."""
    of_flow = FlowFilter.model_validate({"name": {"any_": [name]}})
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(flow_filter=of_flow, sort=FlowRunSort.EXPECTED_START_TIME_ASC)


def task_names(run: FlowRun, count: int) -> list[str]:
    return sorted(task_run.name.rsplit("-", 1)[0] for task_run in task_runs(run.id, count))


def completed(process: Process) -> str:
    equal(process.popen.wait(LIMIT_S), 0, "exit code")
    return process.printed()


@check("the first lesson's script runs to its end")
def training():
    folder = Path(mkdtemp())
    (folder / "train.csv").write_text(TRAINING_DATA)
    os.chdir(folder)
    with get_client(sync_client=True) as client:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))
    with python(LESSONS / "training.py", "train.csv", POOL) as process:
        printed = completed(process)
    contains(printed, "Model accuracy: 100.00%")
    equal(printed.count("processing the data"), 1, "how often the cached task ran")


@check("the first lesson's pipeline is recorded with its three tasks")
def training_recorded():
    (run,) = runs_of_flow("ML Training Pipeline")
    equal((run.state.name, run.parameters), ("Completed", {"data_path": "train.csv"}))
    equal(task_names(run, 3), ["evaluate_model", "load_data", "train_model"])


@check("the first lesson's parallel flow has ten tasks, its conditional flow takes each of its ways")
def training_flows():
    (parallel,) = runs_of_flow("parallel-flow")
    equal(task_names(parallel, 10), ["process_partition"] * 10)
    ways = [task_names(run, 1)[0] for run in runs_of_flow("conditional-flow")]
    equal(sorted(ways), ["deploy_to_production", "deploy_to_staging", "notify_team"])
    states = [task_runs(run.id, 1)[0].state.name for run in runs_of_flow("computing")]
    equal(states, ["Completed", "Cached"])


@check("the first lesson's deployment has its schedule and its queue, and its runs are planned")
def training_deployment():
    found = deployment("daily-training/daily-training")
    equal((found.work_pool_name, found.work_queue_name), (POOL, "ml-queue"))
    equal([each.schedule.cron for each in found.schedules], ["0 2 * * *"])
    planned = eventually(lambda: runs_of("daily-training/daily-training"), "planned runs")
    equal({(run.expected_start_time.hour, run.expected_start_time.minute) for run in planned}, {(2, 0)})


@check("the second lesson's script runs to its end, and its flows are recorded")
def etl():
    with python(LESSONS / "etl.py", API_TOKEN="a token") as process:
        printed = completed(process)
    for text in ("Loaded: [10, 20, 30]", "Retraining model…", "Running ETL for sales", "Using token: a token"):
        contains(printed, text)
    contains(printed, "the page at https://example.com")
    expected = {
        "etl-flow": ["extract", "load", "transform"],
        "model-monitoring-flow": ["get_metric", "retrain_model"],
        "fetching": ["fetch_data"],
        "fetch-many": ["fetch_url", "fetch_url"],
        "with-secret": ["read_secret"],
    }
    for name, tasks in expected.items():
        (run,) = runs_of_flow(name)
        equal((run.state.name, task_names(run, len(tasks))), ("Completed", tasks), name)
    (run,) = runs_of_flow("dynamic-etl-flow")
    equal(run.parameters, {"dataset_name": "sales", "execution_date": "2026-11-22"})
    (fetching,) = runs_of_flow("fetching")
    equal([task_run.run_count for task_run in task_runs(fetching.id, 1)], [2], "attempts")


@check("the third lesson's script runs to its end, with its secret")
def spam():
    Secret(value="file:///tracking").save("mlflow-uri")
    with python(LESSONS / "spam.py", "2026-11-22", DATA=training_data()) as process:
        printed = completed(process)
    contains(printed, "'uri': 'file:///tracking'")
    contains(printed, "('runs:/run-of-train-2026-11-22/model', 'spam-classifier')")
    (run,) = runs_of_flow("spam-pipeline")
    equal(task_names(run, 4), ["fetch_data", "promote_model", "train_model", "validate_data"])


@check("the third lesson's bad data fail its run")
def bad_data():
    with python(LESSONS / "spam.py", "2026-11-23", DATA=training_data()) as process:
        equal(process.popen.wait(LIMIT_S), 1, "exit code")
    run = runs_of_flow("spam-pipeline")[-1]
    equal(run.state.name, "Failed")
    contains(flow_run(run.id).state.message, "Data quality failed: 50.0% missing")


@check("the third lesson's flow, run by a worker, which is what its agent was")
def by_a_worker():
    source = flow.from_source(source=str(LESSONS), entrypoint="spam.py:spam_pipeline")
    variables = {"env": {"DATA": training_data(), "PYTHONPATH": str(LESSONS)}}
    source.deploy("spam", work_pool_name=POOL, job_variables=variables)
    run = run_deployment("spam-pipeline/spam", parameters={"date": "2026-11-22"}, timeout=0)
    with prefect("worker", "start", "--pool", POOL):
        until(run.id, "Completed")
        # Within: the process of the run tells of its tasks until its end, and a worker that stops ends it.
        equal(task_names(run, 4), ["fetch_data", "promote_model", "train_model", "validate_data"])


def training_data() -> str:
    """A folder with a good file and one that misses half of a column."""
    folder = Path(mkdtemp())
    (folder / "training-2026-11-22.csv").write_text(TRAINING_DATA)
    (folder / "training-2026-11-23.csv").write_text("a,target\n1,0\n,1\n")
    return str(folder)


if __name__ == "__main__":
    run_checks()
