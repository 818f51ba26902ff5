"""Cached and persisted results: kept by the client, seen by the server as states named Cached and as references."""

from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from prefect import flow, task
from prefect.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE
from prefect.runtime import flow_run as runtime
from prefect.tasks import task_input_hash

from kit.checks import check, equal, run_checks
from kit.recorded import flow_run, names, task_runs, task_states
from kit.waiting import eventually

calls: list[str] = []


@task(cache_policy=INPUTS + TASK_SOURCE, persist_result=True)
def cached(value: str) -> str:
    calls.append(value)
    return value.upper()


@flow
def uses_cache(value: str) -> tuple[str, str]:
    return runtime.id, cached(value)


@check("the second run of a task with the same inputs is Cached, and its function is not called")
def hit():
    calls.clear()
    first, one = uses_cache("hit")
    second, other = uses_cache("hit")
    equal((one, other, calls), ("HIT", "HIT", ["hit"]))
    (missed,) = task_runs(first, 1)
    (found,) = task_runs(second, 1)
    equal((missed.state.name, found.state.name, found.state.type.value), ("Completed", "Cached", "COMPLETED"))
    equal(names(task_states(found.id)), ["Pending", "Running", "Cached"])
    equal(found.run_count, 1, "run count of a cached run")


@check("other inputs are no hit")
def miss():
    calls.clear()
    uses_cache("one")
    uses_cache("two")
    equal(calls, ["one", "two"])


@check("a key function and an expiration, as the older words have them")
def key_function():
    seen: list[int] = []

    @task(cache_key_fn=task_input_hash, cache_expiration=timedelta(seconds=2))
    def expensive(value: int) -> int:
        seen.append(value)
        return value * 2

    @flow
    def pipeline() -> tuple[str, int]:
        return runtime.id, expensive(21)

    pipeline()
    run_id, value = pipeline()
    equal((value, seen), (42, [21]), "before it expires")
    (run,) = task_runs(run_id, 1)
    equal(run.state.name, "Cached")

    def expired() -> bool:
        pipeline()
        return len(seen) > 1

    eventually(expired, "an expired result is computed again")


@check("refresh_cache computes again")
def refresh():
    calls.clear()
    uses_cache("refresh")

    @flow
    def refreshes() -> str:
        return cached.with_options(refresh_cache=True)("refresh")

    equal((refreshes(), calls), ("REFRESH", ["refresh", "refresh"]))


@check("without a policy nothing is cached")
def no_cache():
    seen: list[int] = []

    @task(cache_policy=NO_CACHE)
    def fresh(value: int) -> None:
        seen.append(value)

    @flow
    def twice() -> None:
        fresh(1)
        fresh(1)

    twice()
    equal(seen, [1, 1])


@check("persisted results are read back from their storage through the recorded state")
def persisted():
    storage = Path(mkdtemp())

    @task(result_storage_key="kept.json", result_serializer="json")
    def keeps() -> dict:
        return {"rows": 3}

    @flow(persist_result=True, result_storage=storage)
    def keeper() -> tuple[str, dict]:
        return runtime.id, keeps()

    run_id, _ = keeper()
    equal((storage / "kept.json").exists(), True, "the file")
    (run,) = task_runs(run_id, 1)
    equal(run.state.result(), {"rows": 3}, "the task's result")
    equal(flow_run(run_id).state.result(), (run_id, {"rows": 3}), "the flow's result")


if __name__ == "__main__":
    run_checks()
