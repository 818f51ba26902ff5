"""Retrain only when the metric has fallen. python model_monitoring.py"""

from prefect import flow, task


@task
def get_metric() -> float:
    return 0.85


@task
def retrain_model() -> None:
    print("Retraining the model")


@flow
def model_monitoring() -> float:
    metric = get_metric()
    if metric < 0.9:
        retrain_model()
    return metric


if __name__ == "__main__":
    print(model_monitoring())
