"""Flows that a process serves: each of these deployments is for one thing that serving does."""

import os
import time

from prefect import flow, serve, task
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.flow_runs import suspend_flow_run
from prefect.runtime import deployment, flow_run

ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


@task
def double(value: int) -> int:
    return value * 2


@flow(log_prints=True, persist_result=True)
def doubling(value: int, label: str = "none") -> dict:
    """Doubles a value.

    Args:
        value: what is doubled
        label: a word for it
    """
    print(f"doubling {value}")
    return {"value": double(value), "label": label, "deployment": deployment.name, "run": str(flow_run.id)}


def say_cancelled(flow, flow_run, state) -> None:
    print(f"hook of cancellation {state.name}", flush=True)


@flow(on_cancellation=[say_cancelled])
def lasting() -> None:
    print("lasting", flush=True)
    for _ in range(3000):
        time.sleep(0.1)


@flow(persist_result=True)
def suspending() -> str:
    before = double(1)
    word = suspend_flow_run(wait_for_input=str, timeout=600)
    return f"{word} {before}"


@flow
def dying() -> None:
    """Its process ends without a word."""
    os._exit(3)


if __name__ == "__main__":
    serve(
        doubling.to_deployment("with-defaults", parameters={"value": 21}, tags=["served"], version="v1"),
        lasting.to_deployment("to-cancel"),
        lasting.to_deployment("one-at-a-time", concurrency_limit=ONE_AT_A_TIME),
        suspending.to_deployment("suspends"),
        dying.to_deployment("dies"),
        limit=2,
    )
