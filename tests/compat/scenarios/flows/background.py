"""Tasks that a process serves; whoever calls `delay` has them run there."""

import os
import sys

from prefect import task
from prefect.task_worker import serve


@task(persist_result=True)
def double(value: int) -> int:
    # One write a line: `print` writes the line and its end apart, and tasks on other threads come between.
    os.write(sys.stdout.fileno(), f"doubles {value}\n".encode())
    return value * 2


@task(retries=1, retry_delay_seconds=0.1)
def breaks_once(path: str) -> str:
    from pathlib import Path

    mark = Path(path)
    if not mark.exists():
        mark.touch()
        raise ValueError("the first time")
    return "the second time"


@task
def breaks() -> None:
    raise ValueError("always")


if __name__ == "__main__":
    serve(double, breaks_once, breaks, limit=int(sys.argv[1]))
