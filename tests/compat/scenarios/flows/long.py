"""A flow that lasts until it is stopped; each of its tasks takes a tenth of a second."""

import time

from prefect import flow, task
from prefect.runtime import flow_run


@task
def tick(_: int) -> None:
    time.sleep(0.1)


@flow
def long(ticks: int = 3000) -> None:
    print(f"started {flow_run.id}", flush=True)
    for number in range(ticks):
        tick(number)


if __name__ == "__main__":
    long()
