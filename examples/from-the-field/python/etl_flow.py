"""Extract, transform, load. python etl_flow.py"""

from prefect import flow, task


@task
def extract() -> list[int]:
    return [1, 2, 3]


@task
def transform(data: list[int]) -> list[int]:
    return [number * 10 for number in data]


@task
def load(data: list[int]) -> None:
    print("Loaded:", data)


@flow
def etl_flow() -> None:
    load(transform(extract()))


if __name__ == "__main__":
    etl_flow()
