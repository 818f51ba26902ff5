"""Flows that the command line is tried on."""

from prefect import flow, get_run_logger, task


@task
def step(value: int) -> int:
    return value + 1


@flow
def small(value: int = 1, fails: bool = False) -> int:
    get_run_logger().info("value is %s", value)
    if fails:
        raise ValueError("asked to fail")
    return step(value)
