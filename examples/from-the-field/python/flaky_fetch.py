"""A source that fails twice, fetched with retries. python flaky_fetch.py"""

from prefect import flow, task
from prefect.runtime import task_run


@task(retries=3, retry_delay_seconds=0.1)
def fetch_data() -> dict:
    if task_run.run_count < 3:
        raise ValueError("Temporary network error")
    return {"data": [1, 2, 3]}


@flow
def flaky_fetch() -> dict:
    return fetch_data()


if __name__ == "__main__":
    print(flaky_fetch())
