"""Every night at two, as a deployment of its own process. python daily_training.py [serve]"""

import sys

from conditional_flow import conditional_flow
from ml_pipeline import ml_pipeline
from prefect import flow


@flow
def daily_training() -> str:
    return conditional_flow(ml_pipeline())


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        daily_training.serve(name="daily-training", cron="0 2 * * *")
    else:
        print(daily_training())
