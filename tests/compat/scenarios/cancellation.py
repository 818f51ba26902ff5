"""Cancelling by the states that a client sets. For runs of a runner or of a worker see serving.py and workers.py."""

from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run as runtime
from prefect.states import Cancelled, Cancelling

from kit.checks import check, equal, run_checks
from kit.recorded import flow_run, flow_states, names


@check("a run that is to be cancelled does not complete")
def does_not_complete():
    @flow
    def cancels_itself() -> None:
        with get_client(sync_client=True) as client:
            result = client.set_flow_run_state(UUID(runtime.id), Cancelling())
        equal((result.status.value, result.state.name), ("ACCEPT", "Cancelling"))

    state = cancels_itself(return_state=True)
    equal(state.name, "Cancelling")
    equal(names(flow_states(state.state_details.flow_run_id)), ["Pending", "Running", "Cancelling"])


@check("a run that has ended cannot be cancelled")
def ended():
    @flow
    def quick() -> str:
        return runtime.id

    run_id = UUID(quick())
    with get_client(sync_client=True) as client:
        result = client.set_flow_run_state(run_id, Cancelling())
    equal(result.status.value, "ABORT")
    equal(flow_run(run_id).state.name, "Completed")


@check("by force a state is set as it is given")
def forced():
    @flow
    def quick() -> str:
        return runtime.id

    run_id = UUID(quick())
    with get_client(sync_client=True) as client:
        result = client.set_flow_run_state(run_id, Cancelled(message="by an operator"), force=True)
    equal(result.status.value, "ACCEPT")
    equal((flow_run(run_id).state.name, flow_run(run_id).state.message), ("Cancelled", "by an operator"))


@check("a run that has not begun is Cancelled at once")
def not_begun():
    @flow
    def never() -> None:
        raise AssertionError("it ran")

    with get_client(sync_client=True) as client:
        run = client.create_flow_run(never)
        client.set_flow_run_state(run.id, Cancelled())
        equal(client.read_flow_run(run.id).state.name, "Cancelled")


if __name__ == "__main__":
    run_checks()
