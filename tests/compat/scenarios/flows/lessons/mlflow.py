"""Stand-in: tracking in the memory of the process."""

from contextlib import contextmanager
from types import SimpleNamespace

tracking: dict[str, object] = {"params": {}, "models": []}


def set_tracking_uri(uri: str) -> None:
    tracking["uri"] = uri


@contextmanager
def start_run(run_name: str):
    yield SimpleNamespace(info=SimpleNamespace(run_id=f"run-of-{run_name}"))


def log_param(name: str, value: object) -> None:
    tracking["params"][name] = value


class MlflowClient:
    def register_model(self, model_uri: str, name: str) -> None:
        tracking["models"].append((model_uri, name))
