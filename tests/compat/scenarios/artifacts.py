"""Artifacts of each kind, their series by key, and their latest."""

from uuid import UUID

from prefect import flow, task
from prefect.artifacts import (
    Artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactCollectionFilter, ArtifactFilter
from prefect.client.schemas.objects import Artifact as Recorded
from prefect.client.schemas.sorting import ArtifactSort
from prefect.runtime import flow_run as runtime

from kit.checks import check, equal, run_checks
from kit.recorded import task_runs


def recorded(artifact_id: UUID) -> Recorded:
    with get_client(sync_client=True) as client:
        (artifact,) = client.read_artifacts(
            artifact_filter=ArtifactFilter.model_validate({"id": {"any_": [str(artifact_id)]}})
        )
    return artifact


@task
def reports() -> dict[str, UUID]:
    return {
        "markdown": create_markdown_artifact("# Report", key="report", description="A report."),
        "table": create_table_artifact([{"name": "Ada", "rows": 3}], key="table"),
        "link": create_link_artifact("https://example.com/data", key="link", link_text="the data"),
        "progress": create_progress_artifact(25.0, key="progress"),
        "image": create_image_artifact("https://example.com/image.png", key="image"),
    }


@flow
def reporter() -> tuple[str, dict[str, UUID]]:
    return runtime.id, reports()


@check("an artifact of each kind is recorded, with its run")
def kinds():
    run_id, ids = reporter()
    (task_run,) = task_runs(run_id, 1)
    found = {kind: recorded(artifact_id) for kind, artifact_id in ids.items()}
    equal({kind: artifact.type for kind, artifact in found.items()}, {kind: TYPES[kind] for kind in ids})
    equal({kind: artifact.key for kind, artifact in found.items()}, {kind: KEYS[kind] for kind in ids})
    equal({str(artifact.flow_run_id) for artifact in found.values()}, {run_id})
    equal({artifact.task_run_id for artifact in found.values()}, {task_run.id})
    equal((found["markdown"].data, found["markdown"].description), ("# Report", "A report."))
    equal(found["table"].data, '[{"name": "Ada", "rows": 3}]')
    equal(found["link"].data, "[the data](https://example.com/data)")
    equal(found["progress"].data, 25.0)
    equal(found["image"].data, "https://example.com/image.png")


TYPES = {"markdown": "markdown", "table": "table", "link": "markdown", "progress": "progress", "image": "image"}
KEYS = {"markdown": "report", "table": "table", "link": "link", "progress": "progress", "image": "image"}


@check("progress is brought up to date")
def progress():
    @flow
    def progresses() -> UUID:
        artifact_id = create_progress_artifact(0.0, description="Loading")
        update_progress_artifact(artifact_id, 100.0, description="Loaded")
        return artifact_id

    artifact = recorded(progresses())
    equal((artifact.data, artifact.description, artifact.key), (100.0, "Loaded", None))


@check("artifacts of one key are a series, whose latest is found")
def series():
    @flow
    def measures(value: int) -> UUID:
        return create_markdown_artifact(f"value {value}", key="measure")

    ids = [measures(value) for value in range(3)]
    with get_client(sync_client=True) as client:
        of_key = ArtifactFilter.model_validate({"key": {"any_": ["measure"]}})
        found = client.read_artifacts(artifact_filter=of_key, sort=ArtifactSort.CREATED_DESC)
        equal([artifact.id for artifact in found], ids[::-1])
        latest_of_key = ArtifactCollectionFilter.model_validate({"key": {"any_": ["measure"]}})
        (latest,) = client.read_latest_artifacts(artifact_filter=latest_of_key)
    equal((latest.latest_id, latest.data), (ids[-1], "value 2"))
    equal(Artifact.get("measure").id, ids[-1], "by the class")


@check("an artifact is got, or created where there is none")
def get_or_create():
    @flow
    def twice() -> tuple[bool, bool]:
        _, is_new = Artifact.get_or_create(key="once-only", type="markdown", data="first")
        _, is_new_again = Artifact.get_or_create(key="once-only", type="markdown", data="second")
        return is_new, is_new_again

    equal(twice(), (True, False))
    equal(Artifact.get("never"), None)


@check("an artifact that is deleted is gone, and the one before it is the latest")
def deletes():
    @flow
    def writes(text: str) -> UUID:
        return create_markdown_artifact(text, key="short-lived")

    first, second = writes("first"), writes("second")
    with get_client(sync_client=True) as client:
        client.delete_artifact(second)
        of_key = ArtifactFilter.model_validate({"key": {"any_": ["short-lived"]}})
        equal([artifact.id for artifact in client.read_artifacts(artifact_filter=of_key)], [first])
    equal(Artifact.get("short-lived").data, "first")


if __name__ == "__main__":
    run_checks()
