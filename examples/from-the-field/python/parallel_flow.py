"""Ten partitions submitted at once. python parallel_flow.py"""

from prefect import flow, task


@task
def process_partition(partition: int) -> dict:
    return {"partition": partition, "result": partition * 2}


@flow
def parallel_flow() -> list[dict]:
    futures = [process_partition.submit(partition) for partition in range(10)]
    return [future.result() for future in futures]


if __name__ == "__main__":
    print(parallel_flow())
