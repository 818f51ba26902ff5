"""Flows that a process serves: each of these deployments is for one thing that serving does."""

import os
import time

from prefect import flow, serve, task
from prefect.runtime import deployment, flow_run


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


@flow
def dying() -> None:
    """Its process ends without a word."""
    os._exit(3)


if __name__ == "__main__":
    serve(
        doubling.to_deployment("with-defaults", parameters={"value": 21}, tags=["served"], version="v1"),
        lasting.to_deployment("to-cancel"),
        dying.to_deployment("dies"),
        limit=2,
    )
