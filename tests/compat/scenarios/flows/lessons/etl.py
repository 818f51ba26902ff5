"""The second lesson: flows as its script has them, one after the other. Its typographic quotes are straight here."""

import asyncio
import os
from random import Random

import aiohttp
from prefect import flow, task

@task
def extract():
    return [1, 2, 3]

@task
def transform(data):
    return [i * 10 for i in data]

@task
def load(data):
    print("Loaded:", data)

@flow
def etl_flow():
    data = extract()
    transformed = transform(data)
    load(transformed)

etl_flow()

@task
def get_metric():
    # simulate model performance
    return 0.85

@task
def retrain_model():
    print("Retraining model…")

@flow
def model_monitoring_flow():
    metric = get_metric()
    if metric < 0.9:
        retrain_model()

model_monitoring_flow()

# changed: retry_delay_seconds=10, which would only be waited for
@task(retries=3, retry_delay_seconds=0.1)
def fetch_data():
    # simulate intermittent failure
    if random.random() < 0.7:
        raise ValueError("Temporary network error")
    return {"data": [1, 2, 3]}

@flow
def dynamic_etl_flow(dataset_name: str, execution_date: str):
    print(f"Running ETL for {dataset_name} on {execution_date}")

@task
async def fetch_url(url: str):
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            return await response.text()

@flow
async def fetch_many():
    urls = ["https://example.com", "https://httpbin.org/get"]
    results = await asyncio.gather(*(fetch_url(url) for url in urls))
    print(results)

@task
def read_secret():
    token = os.getenv("API_TOKEN")
    print("Using token:", token)

def test_transform():
    result = transform.fn([1, 2, 3])
    assert result == [10, 20, 30]


# What the lesson leaves to its reader: flows around its tasks, and calls.

@flow
def fetching():
    return fetch_data()

@flow
def with_secret():
    read_secret()

random = Random(1)  # It draws 0.13, which fails, and then 0.85.
fetching()
dynamic_etl_flow("sales", "2026-11-22")
asyncio.run(fetch_many())
with_secret()
test_transform()
