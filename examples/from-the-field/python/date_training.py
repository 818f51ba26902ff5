"""Fetch, validate, train and promote for a date. python date_training.py"""

import csv
import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

from prefect import flow, task
from prefect.runtime import flow_run

FOLDER = Path(tempfile.gettempdir()) / "prefect-date-training"
TRAIN_CSV = Path(__file__).parent.parent / "data" / "train.csv"


@task(retries=3, retry_delay_seconds=[1, 10, 60])
def fetch_data(day: date) -> str:
    FOLDER.mkdir(exist_ok=True)
    return str(shutil.copy(TRAIN_CSV, FOLDER / f"training-{day}.csv"))


@task
def validate_data(path: str) -> list[dict]:
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    missing = max(sum(row[name] == "" for row in rows) / len(rows) for name in rows[0])
    if missing > 0.05:
        raise ValueError(f"Data quality failed: {missing:.1%} missing")
    return rows


@task
def train_model(day: date, rows: list[dict]) -> str:
    masses = [float(row["body_mass"]) for row in rows]
    run_id = str(flow_run.id)
    (FOLDER / f"model-{run_id}.json").write_text(json.dumps({"date": str(day), "mean": sum(masses) / len(masses)}))
    return run_id


@task
def promote_model(run_id: str) -> str:
    return str(shutil.copy(FOLDER / f"model-{run_id}.json", FOLDER / "production.json"))


@flow
def date_training(day: date) -> str:
    rows = validate_data(fetch_data(day))
    return promote_model(train_model(day, rows))


if __name__ == "__main__":
    print(date_training("2026-11-22"))
