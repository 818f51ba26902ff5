"""A flow with parameters. python dynamic_etl.py"""

from datetime import date

from prefect import flow


@flow(log_prints=True)
def dynamic_etl(dataset_name: str, execution_date: date) -> str:
    print(f"Running ETL for {dataset_name} on {execution_date}")
    return f"{dataset_name}/{execution_date}"


if __name__ == "__main__":
    print(dynamic_etl("sales", "2026-11-22"))
