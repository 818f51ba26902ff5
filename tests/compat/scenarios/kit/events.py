"""Events that the server has, read through Prefect's own client."""

from prefect.client.orchestration import get_client
from prefect.events import Event
from prefect.events.filters import EventFilter

from kit.waiting import eventually


def events(count: int = 1, **filter_: object) -> list[Event]:
    """The events of a filter, oldest first, once there are that many."""

    def look() -> list[Event]:
        found = events_so_far(**filter_)
        return found if len(found) >= count else []

    return eventually(look, f"{count} events of {filter_}")


def events_so_far(**filter_: object) -> list[Event]:
    # The default of a filter reaches up to the moment in which it is made.
    wanted = EventFilter.model_validate({"order": "ASC", **filter_})
    with get_client(sync_client=True) as client:
        return client.read_events(wanted, limit=50).events


def named(prefix: str) -> dict:
    return {"prefix": [prefix]}


def about(kind: str, id_: object) -> dict:
    return {"id": [f"prefect.{kind}.{id_}"]}
