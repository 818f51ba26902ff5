"""Log lines: all arrive, in order, with their levels, and belong to the runs that wrote them."""

import logging

from prefect import flow, get_run_logger, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter
from prefect.client.schemas.objects import Log
from prefect.client.schemas.sorting import LogSort
from prefect.runtime import flow_run as runtime

from kit.checks import check, equal, run_checks
from kit.recorded import task_runs
from kit.waiting import eventually


@task(log_prints=True)
def speaks() -> None:
    get_run_logger().warning("from the task")
    print("printed by the task")


@flow
def logged() -> str:
    logger = get_run_logger()
    logger.setLevel(logging.DEBUG)
    logger.debug("at debug")
    logger.info("at info")
    logger.error("at error: %s rows", 3)
    speaks()
    return runtime.id


@check("lines of the flow and of its tasks arrive, with their levels, and in order")
def arrive():
    run_id = logged()
    lines = own_lines(run_id, 5)
    flow_lines = [(line.level, line.message) for line in lines if line.task_run_id is None]
    equal(flow_lines, [(10, "at debug"), (20, "at info"), (40, "at error: 3 rows")])
    (task_run,) = task_runs(run_id, 1)
    task_lines = [(line.level, line.message) for line in lines if line.task_run_id == task_run.id]
    equal(task_lines, [(30, "from the task"), (20, "printed by the task")])
    equal({line.name for line in lines}, {"prefect.flow_runs", "prefect.task_runs"})


@check("a thousand lines arrive, once each")
def many():
    @flow
    def chatty() -> str:
        logger = get_run_logger()
        for number in range(1000):
            logger.info("line %s", number)
        return runtime.id

    messages = [line.message for line in own_lines(chatty(), 1000)]
    equal(messages, [f"line {number}" for number in range(1000)])


@check("lines are found by their level, their run and their time")
def filters():
    run_id = logged()
    lines = own_lines(run_id, 5)
    with get_client(sync_client=True) as client:

        def found(**filter_: dict) -> list[str]:
            """Newest first."""
            query = LogFilter.model_validate({"flow_run_id": {"any_": [run_id]}, **filter_})
            return [line.message for line in client.read_logs(query, sort=LogSort.TIMESTAMP_DESC) if is_ours(line)]

        task_run_id = str(lines[-1].task_run_id)
        equal(found(task_run_id={"any_": [task_run_id]}), ["printed by the task", "from the task"])
        equal(found(level={"ge_": 30}), ["from the task", "at error: 3 rows"])
        equal(found(level={"le_": 10}), ["at debug"])
        equal(found(timestamp={"after_": str(lines[3].timestamp)}), ["printed by the task", "from the task"])
        equal(found(timestamp={"before_": "2001-01-01T00:00:00Z"}), [])


def is_ours(line: Log) -> bool:
    """Not one that Prefect itself writes of the run's course."""
    return line.message.startswith(("at ", "from ", "printed ", "line "))


def own_lines(run_id: str, count: int) -> list[Log]:
    def look() -> list[Log]:
        lines = [line for line in pages(run_id) if is_ours(line)]
        return lines if len(lines) >= count else []

    return eventually(look, f"{count} lines")


def pages(run_id: str) -> list[Log]:
    """All lines of the run, oldest first: the server gives 200 at a time."""
    filter_ = LogFilter.model_validate({"flow_run_id": {"any_": [run_id]}})
    lines: list[Log] = []
    with get_client(sync_client=True) as client:
        while page := client.read_logs(filter_, limit=200, offset=len(lines), sort=LogSort.TIMESTAMP_ASC):
            lines += page
    return lines


if __name__ == "__main__":
    run_checks()
