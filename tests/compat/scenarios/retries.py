"""Retries of tasks, which the client decides, and of flows, which the server answers."""

from datetime import timedelta

from prefect import flow, task
from prefect.runtime import flow_run as runtime
from prefect.runtime import task_run as task_runtime

from kit.checks import check, equal, raises, run_checks
from kit.recorded import flow_run, flow_states, names, task_runs, task_states


class Flaky(Exception):
    pass


@task(retries=2, retry_delay_seconds=[0.2, 0.4])
def fails_before(attempt: int) -> int:
    if task_runtime.run_count < attempt:
        raise Flaky(f"attempt {task_runtime.run_count}")
    return task_runtime.run_count


@flow
def with_retried_task(attempt: int) -> tuple[str, int]:
    return runtime.id, fails_before(attempt)


@check("a task is tried again until it completes")
def task_retries():
    run_id, attempt = with_retried_task(3)
    equal(attempt, 3, "the attempt that completed")
    (run,) = task_runs(run_id, 1)
    equal((run.state.name, run.run_count), ("Completed", 3))
    history = ["Pending", "Running", "AwaitingRetry", "Retrying", "AwaitingRetry", "Retrying", "Completed"]
    equal(names(task_states(run.id)), history)
    equal(flow_run(run_id).run_count, 1, "run count of the flow run")


@check("a task that fails on each attempt fails its flow")
def task_retries_exhausted():
    @flow
    def exhausted() -> None:
        fails_before(9)

    state = exhausted(return_state=True)
    raises(Flaky, state.result)
    run = flow_run(state.state_details.flow_run_id)
    equal((run.state.type.value, "Flaky: attempt 3" in run.state.message), ("FAILED", True))
    (task_run,) = task_runs(run.id, 1)
    equal((task_run.state.name, task_run.run_count), ("Failed", 3))


@check("the policy of a task is recorded")
def task_policy():
    run_id, _ = with_retried_task(1)
    (run,) = task_runs(run_id, 1)
    equal((run.empirical_policy.retries, run.empirical_policy.retry_delay), (2, [0.2, 0.4]))


@check("a failure that the condition refuses is not retried")
def condition():
    @task(retries=3, retry_condition_fn=lambda task, run, state: False)
    def refused() -> None:
        raise Flaky("once")

    @flow
    def conditional() -> None:
        refused()

    state = conditional(return_state=True)
    (run,) = task_runs(state.state_details.flow_run_id, 1)
    equal((run.state.name, run.run_count), ("Failed", 1))


attempts: list[int] = []


@task
def counted() -> int:
    attempts.append(runtime.run_count)
    return len(attempts)


@flow(retries=2, retry_delay_seconds=1)
def flaky_flow(succeeds_at: int) -> tuple[str, int]:
    value = counted()
    if runtime.run_count < succeeds_at:
        raise Flaky(f"flow attempt {runtime.run_count}")
    return runtime.id, value


@check("a flow that failed awaits its retry, runs again in its process, and completes")
def flow_retries():
    attempts.clear()
    run_id, _ = flaky_flow(2)
    run = flow_run(run_id)
    equal((run.state.name, run.run_count), ("Completed", 2))
    states = flow_states(run_id)
    equal(names(states), ["Pending", "Running", "AwaitingRetry", "Running", "Completed"])
    waited = states[3].timestamp - states[2].timestamp
    equal(waited >= timedelta(seconds=0.9), True, f"the delay of one second, found {waited}")
    equal(states[2].type.value, "SCHEDULED")
    equal(run.empirical_policy.retries, 2)


@check("a flow's retry runs its tasks anew")
def flow_retry_tasks():
    attempts.clear()
    run_id, value = flaky_flow(3)
    equal((attempts, value), ([1, 2, 3], 3))
    equal(flow_run(run_id).run_count, 3)
    equal({run.state.name for run in task_runs(run_id, 3)}, {"Completed"})


@check("a flow fails for good after its last retry")
def flow_retries_exhausted():
    state = flaky_flow(9, return_state=True)
    equal("flow attempt 3" in state.message, True, f"message {state.message!r}")
    run = flow_run(state.state_details.flow_run_id)
    equal((run.state.name, run.run_count), ("Failed", 3))
    history = ["Pending", "Running", "AwaitingRetry", "Running", "AwaitingRetry", "Running", "Failed"]
    equal(names(flow_states(run.id)), history)


if __name__ == "__main__":
    run_checks()
