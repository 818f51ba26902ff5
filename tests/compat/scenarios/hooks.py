"""Hooks of flows and tasks, and what they are given."""

from collections.abc import Callable

from prefect import flow, task
from prefect.runtime import flow_run as runtime

from kit.checks import check, contains, equal, raises, run_checks
from kit.recorded import flow_run

seen: list[tuple[str, str, str]] = []


def hook(name: str) -> Callable[[object, object, object], None]:
    def record(subject, run, state) -> None:
        seen.append((name, subject.name, state.name))

    # Prefect names a hook by its function.
    record.__name__ = name
    return record


@check("hooks of a flow that completes")
def completion():
    seen.clear()

    @flow(on_running=[hook("running")], on_completion=[hook("first"), hook("second")], on_failure=[hook("never")])
    def good() -> None:
        seen.append(("body", "good", "Running"))

    good()
    expected = [("running", "Running"), ("body", "Running"), ("first", "Completed"), ("second", "Completed")]
    equal([(name, state) for name, _, state in seen], expected)


@check("hooks of a flow that fails, added by a decorator")
def failure():
    seen.clear()

    @flow
    def bad() -> None:
        raise ValueError("no")

    @bad.on_failure
    def failed(flow_, run, state) -> None:
        seen.append(("failed", str(run.id), state.message))

    state = bad(return_state=True)
    ((name, run_id, message),) = seen
    equal((name, run_id), ("failed", str(state.state_details.flow_run_id)))
    contains(message, "ValueError: no")


@check("hooks of tasks, at each end of an attempt that is final")
def of_tasks():
    seen.clear()

    @task(on_completion=[hook("completed")], on_failure=[hook("failed")], on_running=[hook("running")], retries=1)
    def flaky(fails: bool) -> None:
        if fails:
            raise ValueError

    @flow
    def both() -> None:
        flaky(False)
        flaky(True, return_state=True)

    both(return_state=True)
    names = [name for name, _, _ in seen]
    equal((names[:2], names[-1], names.count("failed")), (["running", "completed"], "failed", 1))


@check("a hook that fails does not change how its run ended")
def failing_hook():
    def breaks(flow_, run, state) -> None:
        raise RuntimeError("the hook breaks")

    @flow(on_completion=[breaks])
    def still_good() -> str:
        return runtime.id

    equal(flow_run(still_good()).state.name, "Completed")


@check("a crash has a hook of its own")
def crash():
    seen.clear()

    @flow(on_crashed=[hook("crashed")], on_failure=[hook("failed")])
    def interrupted() -> None:
        raise KeyboardInterrupt

    raises(KeyboardInterrupt, interrupted)
    equal([(name, state) for name, _, state in seen], [("crashed", "Crashed")])


if __name__ == "__main__":
    run_checks()
