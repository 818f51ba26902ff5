"""What the server has recorded, read through Prefect's own client."""

from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import FlowRun, Log, State, TaskRun
from prefect.client.schemas.sorting import LogSort
from prefect.exceptions import ObjectNotFound

from kit.waiting import eventually


def flow_run(flow_run_id: UUID | str) -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(UUID(str(flow_run_id)))


def flow_states(flow_run_id: UUID | str) -> list[State]:
    with get_client(sync_client=True) as client:
        return client.read_flow_run_states(UUID(str(flow_run_id)))


def names(states: list[State]) -> list[str]:
    return [str(state.name) for state in states]


def task_states(task_run_id: UUID | str) -> list[State]:
    with get_client(sync_client=True) as client:
        return client.read_task_run_states(UUID(str(task_run_id)))


def task_runs(flow_run_id: UUID | str, count: int) -> list[TaskRun]:
    """The task runs of a flow run once there are that many and all have ended: they reach the server as events."""
    return eventually(lambda: _ended(flow_run_id, count), f"{count} task runs that have ended")


def known_task_runs(flow_run_id: UUID | str) -> list[TaskRun]:
    """Those that the server knows of now, ended or not."""
    filter_ = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(str(flow_run_id))]))
    with get_client(sync_client=True) as client:
        return client.read_task_runs(flow_run_filter=filter_)


def task_run(flow_run_id: UUID | str, name: str, count: int) -> TaskRun:
    """The one of them whose name begins so."""
    found = [run for run in task_runs(flow_run_id, count) if run.name.startswith(name)]
    if len(found) != 1:
        raise AssertionError(f"expected one task run {name!r}, found {[run.name for run in found]}")
    return found[0]


def lone_task_run(task_run_id: UUID | str) -> TaskRun:
    """A task run that belongs to no flow run, once it has ended."""

    def look() -> TaskRun | None:
        with get_client(sync_client=True) as client:
            try:
                run = client.read_task_run(UUID(str(task_run_id)))
            except ObjectNotFound:
                return None
        return run if run.state is not None and run.state.is_final() else None

    return eventually(look, "the end of the task run")


def logs(flow_run_id: UUID | str, count: int) -> list[Log]:
    """The log lines of a flow run, oldest first, once there are so many: the client sends them every two seconds."""

    def look() -> list[Log]:
        lines = _logs(flow_run_id)
        return lines if len(lines) >= count else []

    return eventually(look, f"{count} log lines")


def _ended(flow_run_id: UUID | str, count: int) -> list[TaskRun]:
    runs = known_task_runs(flow_run_id)
    is_there = len(runs) >= count and all(run.state is not None and run.state.is_final() for run in runs)
    return sorted(runs, key=lambda run: run.name) if is_there else []


def _logs(flow_run_id: UUID | str) -> list[Log]:
    filter_ = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[UUID(str(flow_run_id))]))
    with get_client(sync_client=True) as client:
        return client.read_logs(log_filter=filter_, limit=200, sort=LogSort.TIMESTAMP_ASC)
