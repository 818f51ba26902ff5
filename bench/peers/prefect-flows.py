"""Prefect's side of the benchmark: `hello`, or `tasks SEQUENTIAL MAPPED`. Prints one line of JSON."""

import json
import sys
import time

from prefect import flow, task


@task
def noop(index: int) -> int:
    return index


@task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@flow
def hello() -> str:
    return greet("world")


@flow
def sequential(tasks: int) -> None:
    for index in range(tasks):
        noop(index)


@flow
def mapped(tasks: int) -> None:
    values = [future.result() for future in noop.map(range(tasks))]
    assert values == list(range(tasks))


def ms_of(run) -> float:
    started_at = time.perf_counter()
    run()
    return (time.perf_counter() - started_at) * 1000


if sys.argv[1] == "hello":
    # The second has a server that runs already.
    print(json.dumps({"firstFlowMs": ms_of(hello), "flowMs": ms_of(hello)}), flush=True)
else:
    count, width = int(sys.argv[2]), int(sys.argv[3])
    sequential(20)
    print(json.dumps({"sequentialMs": ms_of(lambda: sequential(count)), "mapMs": ms_of(lambda: mapped(width))}), flush=True)
