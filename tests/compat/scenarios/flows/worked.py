"""Flows that a worker runs, deployed from where they lie."""

import os
import time

from prefect import flow, task
from prefect.runtime import deployment, flow_run


@task
def double(value: int) -> int:
    return value * 2


@flow(log_prints=True)
def worked(value: int = 1) -> int:
    print(f"from {deployment.name} with {os.environ.get('COMPAT_WORD', 'no word')}")
    return double(value)


@flow
def lasting() -> None:
    print(f"lasting {flow_run.id}", flush=True)
    for _ in range(3000):
        time.sleep(0.1)


@flow
def breaking() -> None:
    raise ValueError("broken on purpose")
