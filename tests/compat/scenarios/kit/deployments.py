"""Deployments and their runs, read through Prefect's own client."""

from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound

from kit.recorded import flow_run
from kit.waiting import eventually


def deployment(name: str) -> DeploymentResponse:
    """By "flow/deployment", once it is there."""

    def look() -> DeploymentResponse | None:
        with get_client(sync_client=True) as client:
            try:
                return client.read_deployment_by_name(name)
            except ObjectNotFound:
                return None

    return eventually(look, f"the deployment {name}")


def runs_of(name: str) -> list[FlowRun]:
    by_id = DeploymentFilter.model_validate({"id": {"any_": [str(deployment(name).id)]}})
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(deployment_filter=by_id, limit=200)


def until(flow_run_id: UUID, *states: str) -> FlowRun:
    """The flow run once its state has one of these names."""
    seen = []

    def look() -> FlowRun | None:
        run = flow_run(flow_run_id)
        seen[:] = [run.state.name, run.state.message]
        return run if run.state.name in states else None

    return eventually(look, f"{' or '.join(states)}, last seen {seen}")
