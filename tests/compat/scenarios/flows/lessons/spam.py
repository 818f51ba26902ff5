"""The third lesson: a pipeline that checks its data, trains with tracking, and promotes the model."""

import os
import sys

# ml_pipeline.py
from prefect import flow, task
from prefect.blocks.system import Secret
import mlflow

@task
def fetch_data(date: str):
    """Fetch training data for the given date."""
    # Implementation
    # changed: the lesson's folder is /data
    return f"{os.environ['DATA']}/training-{date}.csv"

@task
def validate_data(path: str) -> bool:
    """Validate dataset quality. Returns True if valid."""
    import pandas as pd
    df = pd.read_csv(path)
    
    # Check completeness
    missing_pct = df.isnull().mean().max()
    if missing_pct > 0.05:
        raise ValueError(f"Data quality failed: {missing_pct:.1%} missing")
    
    return True

@task
def train_model(date: str, validated: bool):
    """Train model and return run ID."""
    mlflow.set_tracking_uri(Secret.load("mlflow-uri").get())
    
    # changed: "as run", because the lesson returns a run_id that it leaves to its reader
    with mlflow.start_run(run_name=f"train-{date}") as run:
        mlflow.log_param("training_date", date)
        # ... training code ...
        run_id = run.info.run_id
    
    return run_id

@task
def promote_model(run_id: str):
    """Promote trained model to production."""
    client = mlflow.MlflowClient()
    model_uri = f"runs:/{run_id}/model"
    client.register_model(model_uri, "spam-classifier")


# The lesson's exercise: a flow of them.

@flow
def spam_pipeline(date: str) -> dict:
    path = fetch_data(date)
    validated = validate_data(path)
    run_id = train_model(date, validated)
    promote_model(run_id)
    return mlflow.tracking


if __name__ == "__main__":
    print(spam_pipeline(sys.argv[1]))
