"""Limits: global ones by name, rates, and limits of tags that tasks carry."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from prefect.concurrency._asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.asyncio import concurrency as async_concurrency
from prefect.concurrency.sync import concurrency, rate_limit
from prefect.runtime import flow_run as runtime

from kit.checks import check, equal, raises, run_checks
from kit.recorded import task_runs


def create(name: str, limit: int, decay: float = 0.0) -> None:
    with get_client(sync_client=True) as client:
        wanted = GlobalConcurrencyLimitCreate(name=name, limit=limit, slot_decay_per_second=decay)
        client.create_global_concurrency_limit(wanted)


def active_slots(name: str) -> int:
    with get_client(sync_client=True) as client:
        return client.read_global_concurrency_limit_by_name(name).active_slots


class Inside:
    """How many are inside at once, at most."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def __enter__(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.now -= 1


@check("a limit lets in as many as it has slots, and each in the end")
def limits():
    create("two", limit=2)
    inside = Inside()
    passed: list[int] = []

    def work(number: int) -> None:
        with concurrency("two"), inside:
            time.sleep(0.5)
            passed.append(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    equal((inside.most, sorted(passed)), (2, [0, 1, 2, 3]))
    equal(active_slots("two"), 0, "slots in use after all have left")


@check("slots are in use while they are held, several at once")
def occupies():
    create("five", limit=5)
    with concurrency("five", occupy=3):
        equal(active_slots("five"), 3)
    equal(active_slots("five"), 0)


@check("several limits are taken together")
def several():
    create("left", limit=1)
    create("right", limit=1)
    with concurrency(["left", "right"]):
        equal((active_slots("left"), active_slots("right")), (1, 1))
    equal((active_slots("left"), active_slots("right")), (0, 0))


@check("whoever waits longer than it would gives up")
def gives_up():
    create("one", limit=1)

    def blocked() -> None:
        with concurrency("one", timeout_seconds=0.5):
            raise AssertionError("there was no slot")

    with concurrency("one"):
        raises(TimeoutError, blocked)


@check("a slot is given back when its holder fails")
def given_back():
    create("fragile", limit=1)

    def fails() -> None:
        with concurrency("fragile"):
            raise ValueError

    raises(ValueError, fails)
    equal(active_slots("fragile"), 0)


@check("a limit that is not there holds nobody, unless it is strict")
def absent():
    with concurrency("nowhere"):
        pass

    def strict() -> None:
        with concurrency("nowhere", strict=True):
            pass

    raises(ConcurrencySlotAcquisitionError, strict)


@check("a limit that is off holds nobody")
def inactive():
    create("off", limit=1)
    with get_client(sync_client=True) as client:
        client.update_global_concurrency_limit("off", GlobalConcurrencyLimitUpdate(active=False))
    with concurrency("off"), concurrency("off", timeout_seconds=5):
        pass


@check("a rate limit spreads what comes after the first burst")
def rate():
    create("rate", limit=2, decay=2.0)
    started_at = time.monotonic()
    for _ in range(4):
        rate_limit("rate")
    # Two at once, then one each half second; nothing is said of how much later.
    equal(time.monotonic() - started_at >= 0.9, True, "the time that four took")


@check("a rate limit needs a limit that decays")
def rate_without_decay():
    create("steady", limit=1)
    raises(ConcurrencySlotAcquisitionError, lambda: rate_limit("steady"))


@check("a tag's limit holds the tasks that carry it")
def tag_limit():
    inside = Inside()

    @task(tags=["database"])
    def queries(_: int) -> None:
        with inside:
            time.sleep(0.5)

    @flow
    def reads() -> str:
        queries.map(range(3)).wait()
        return runtime.id

    with get_client(sync_client=True) as client:
        client.create_concurrency_limit(tag="database", concurrency_limit=1)
    run_id = reads()
    equal(inside.most, 1)
    equal({run.state.name for run in task_runs(run_id, 3)}, {"Completed"})
    with get_client(sync_client=True) as client:
        limit = client.read_concurrency_limit_by_tag("database")
        equal((limit.concurrency_limit, limit.active_slots), (1, []))
        client.delete_concurrency_limit_by_tag("database")


@check("limits are listed, changed and deleted")
def edited():
    create("edited", limit=1)
    with get_client(sync_client=True) as client:
        client.update_global_concurrency_limit("edited", GlobalConcurrencyLimitUpdate(name="renamed", limit=7))
        found = {limit.name: limit.limit for limit in client.read_global_concurrency_limits(limit=200)}
        equal((found.get("renamed"), "edited" in found), (7, False))
        client.delete_global_concurrency_limit_by_name("renamed")
        names = [limit.name for limit in client.read_global_concurrency_limits(limit=200)]
    equal("renamed" in names, False)


@check("an async flow waits for slots as well")
def asynchronous():
    create("async", limit=1)

    async def holds() -> bool:
        async with async_concurrency("async"):
            equal(active_slots("async"), 1)
            try:
                async with async_concurrency("async", timeout_seconds=0.5):
                    return False
            except TimeoutError:
                return True

    equal(asyncio.run(holds()), True, "the second gave up")


if __name__ == "__main__":
    run_checks()
