"""Three retries a minute apart, and a result that holds for an hour. python expensive_computation.py"""

from datetime import timedelta

from prefect import flow, task
from prefect.cache_policies import INPUTS


@task(retries=3, retry_delay_seconds=60, cache_policy=INPUTS, cache_expiration=timedelta(hours=1))
def expensive_computation(data: dict) -> dict:
    return {"mean": sum(data["numbers"]) / len(data["numbers"])}


@flow
def compute() -> dict:
    return expensive_computation({"numbers": [1, 2, 3, 4]})


if __name__ == "__main__":
    print(compute())
