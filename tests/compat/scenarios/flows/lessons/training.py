"""The first lesson: a training pipeline, then retries, caching, parallel and conditional flows."""

import sys
from datetime import timedelta

from prefect import flow, task
from prefect.tasks import task_input_hash


@task
def load_data(path: str) -> dict:
    """Load data from path."""
    import pandas as pd
    df = pd.read_csv(path)
    return {"data": df, "rows": len(df)}

@task
def train_model(data: dict) -> str:
    """Train ML model."""
    from sklearn.ensemble import RandomForestClassifier
    import joblib

    df = data["data"]
    X = df.drop("target", axis=1)
    y = df["target"]

    model = RandomForestClassifier()
    model.fit(X, y)

    # changed: the lesson writes to /tmp/model.pkl, which two runs at once would share
    model_path = "model.pkl"
    joblib.dump(model, model_path)
    return model_path

@task
def evaluate_model(model_path: str, data: dict) -> float:
    """Evaluate model accuracy."""
    import joblib
    from sklearn.metrics import accuracy_score

    model = joblib.load(model_path)
    df = data["data"]
    X = df.drop("target", axis=1)
    y = df["target"]

    predictions = model.predict(X)
    return accuracy_score(y, predictions)

@flow(name="ML Training Pipeline")
def ml_pipeline(data_path: str):
    """End-to-end ML training flow."""
    data = load_data(data_path)
    model_path = train_model(data)
    accuracy = evaluate_model(model_path, data)

    print(f"Model accuracy: {accuracy:.2%}")
    return accuracy

@task(
    retries=3,
    retry_delay_seconds=60,
    cache_key_fn=task_input_hash,
    cache_expiration=timedelta(hours=1)
)
def expensive_computation(data: dict) -> dict:
    """Cached computation with retries."""
    # This result will be cached for 1 hour
    return process_data(data)

@task
def process_partition(partition_id: int) -> dict:
    return {"partition": partition_id, "result": partition_id * 2}

@flow
def parallel_flow():
    # Submit tasks in parallel
    futures = [process_partition.submit(i) for i in range(10)]

    # Wait for all results
    results = [f.result() for f in futures]
    return results

@flow
def conditional_flow(accuracy: float):
    if accuracy > 0.9:
        deploy_to_production()
    elif accuracy > 0.8:
        deploy_to_staging()
    else:
        notify_team("Model accuracy too low")

@flow
def daily_training():
    # Training logic
    pass

# changed: Deployment.build_from_flow(...) and its apply() are no more; a flow makes its deployment, and a pool has the queue
def deploy(pool: str) -> None:
    deployment = daily_training.to_deployment(
        name="daily-training",
        cron="0 2 * * *",  # 2 AM daily
        work_pool_name=pool,
        work_queue_name="ml-queue"
    )

    deployment.apply()


# What the lesson calls and leaves to its reader.

@task
def deploy_to_production() -> None:
    pass


@task
def deploy_to_staging() -> None:
    pass


@task
def notify_team(message: str) -> None:
    print(message)


def process_data(data: dict) -> dict:
    print("processing the data")
    return {key: value * 2 for key, value in data.items()}


@flow
def computing():
    return expensive_computation({"rows": 3})


if __name__ == "__main__":
    # changed: the path is an argument
    ml_pipeline(sys.argv[1])
    print(parallel_flow())
    for accuracy in (0.95, 0.85, 0.5):
        conditional_flow(accuracy)
    print(computing(), computing())
    deploy(sys.argv[2])
