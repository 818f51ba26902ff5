"""Where a model goes is decided by how good it is. python conditional_flow.py"""

from prefect import flow, task


@task
def deploy(stage: str) -> str:
    return f"deployed to {stage}"


@task
def notify_team(message: str) -> str:
    return f"told the team: {message}"


@flow
def conditional_flow(accuracy: float) -> str:
    if accuracy > 0.9:
        return deploy("production")
    if accuracy > 0.8:
        return deploy("staging")
    return notify_team("Model accuracy too low")


if __name__ == "__main__":
    for accuracy in (0.95, 0.85, 0.5):
        print(accuracy, conditional_flow(accuracy))
