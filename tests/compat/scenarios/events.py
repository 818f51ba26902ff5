"""Events: those that users emit, those that runs make, subscribers, and queries."""

import asyncio
from uuid import uuid4

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.events import emit_event, get_events_subscriber
from prefect.events.clients import get_events_client
from prefect.events.filters import EventFilter
from prefect.events.schemas.events import Event
from prefect.runtime import flow_run as runtime

from kit.checks import check, contains, equal, run_checks
from kit.events import about, events, named
from kit.recorded import task_runs


@check("an event that is emitted is found, with its resource, its related resources and its payload")
def emitted():
    sent = emit_event(
        "compat.order.placed",
        resource={"prefect.resource.id": "compat.order.7", "prefect.resource.name": "seven"},
        related=[{"prefect.resource.id": "compat.shop.1", "prefect.resource.role": "shop"}],
        payload={"items": [1, 2], "note": "as it was"},
    )
    (found,) = events(1, id={"id": [str(sent.id)]})
    equal((found.id, found.event, found.occurred), (sent.id, "compat.order.placed", sent.occurred))
    equal(dict(found.resource.root), {"prefect.resource.id": "compat.order.7", "prefect.resource.name": "seven"})
    equal([(each.role, each.id) for each in found.related], [("shop", "compat.shop.1")])
    equal(found.payload, {"items": [1, 2], "note": "as it was"})


@task
def small() -> None:
    pass


@flow
def eventful() -> str:
    small()
    return runtime.id


@check("each state of a flow run is an event, which names the flow")
def of_flow_runs():
    run_id = eventful()
    found = events(3, resource=about("flow-run", run_id), event=named("prefect.flow-run."))
    # The client sends a heartbeat of its own.
    states = [each for each in found if each.event != "prefect.flow-run.heartbeat"]
    equal([each.event.rsplit(".", 1)[1] for each in states], ["Pending", "Running", "Completed"])
    last = states[-1]
    equal((last.resource["prefect.state-type"], last.resource["prefect.state-name"]), ("COMPLETED", "Completed"))
    roles = {each.role: each for each in last.related}
    equal(roles["flow"].name, "eventful")
    equal(last.follows, states[-2].id, "what the last follows")
    equal(last.payload["intended"], {"from": "RUNNING", "to": "COMPLETED"})


@check("each state of a task run is an event, which names the flow run")
def of_task_runs():
    run_id = eventful()
    (run,) = task_runs(run_id, 1)
    found = events(3, resource=about("task-run", run.id))
    equal([each.event for each in found], [f"prefect.task-run.{name}" for name in ("Pending", "Running", "Completed")])
    contains([each.id for each in found[-1].related if each.role == "flow-run"], f"prefect.flow-run.{run_id}")


@check("a flow's events have its runs related to what they emit")
def related_to_run():
    name = f"compat.inside.{uuid4()}"

    @flow
    def emits() -> str:
        emit_event(name, resource={"prefect.resource.id": "compat.thing"})
        return runtime.id

    run_id = emits()
    (found,) = events(1, event={"name": [name]})
    contains([each.id for each in found.related if each.role == "flow-run"], f"prefect.flow-run.{run_id}")
    (again,) = events(1, event={"name": [name]}, related={"id": [f"prefect.flow-run.{run_id}"]})
    equal(again.id, found.id, "found by what it is related to")


@check("a subscriber hears what it asked for, as it happens")
def subscriber():
    name = f"compat.heard.{uuid4()}"

    async def hears() -> list[int]:
        heard = []
        wanted = EventFilter.model_validate({"event": {"name": [name]}})
        async with get_events_subscriber(filter=wanted) as stream, get_events_client() as client:
            for number in range(3):
                for event in (name, "compat.not.heard"):
                    resource = {"prefect.resource.id": "compat.thing"}
                    await client.emit(Event(event=event, resource=resource, payload={"number": number}))
            async for event in stream:
                heard.append(event.payload["number"])
                if len(heard) == 3:
                    return heard
        return heard

    equal(asyncio.run(asyncio.wait_for(hears(), 60)), [0, 1, 2])


@check("events are found by name, by prefix, by label and by words, and in pages")
def queries():
    batch = str(uuid4())
    for number in range(7):
        kind = "even" if number % 2 == 0 else "odd"
        resource = {"prefect.resource.id": f"compat.item.{batch}.{number}", "kind": kind}
        emit_event(f"compat.{kind}.{batch}", resource=resource, payload={"word": f"pomegranate{number}"})
    ours = {"id_prefix": [f"compat.item.{batch}"]}
    equal(len(events(7, resource=ours)), 7)
    equal(len(events(4, event={"name": [f"compat.even.{batch}"]})), 4)
    equal(len(events(3, resource={**ours, "labels": {"kind": ["odd"]}})), 3)
    equal(len(events(3, resource=ours, event={"exclude_prefix": ["compat.even"]})), 3)
    wanted = EventFilter.model_validate({"resource": ours, "order": "DESC"})
    with get_client(sync_client=True) as client:
        page = client.read_events(wanted, limit=3)
        sizes, total, numbers = [], page.total, []
        while True:
            sizes.append(len(page.events))
            numbers += [int(each.resource.id.rsplit(".", 1)[1]) for each in page.events]
            if page.next_page is None:
                break
            page = client.read_events_page(page.next_page)
    equal((total, sizes, numbers), (7, [3, 3, 1], [6, 5, 4, 3, 2, 1, 0]))


@check("an event that is sent twice is kept once")
def twice():
    event = Event(event="compat.twice", resource={"prefect.resource.id": "compat.thing"})

    async def send() -> None:
        async with get_events_client() as client:
            await client.emit(event)
            await client.emit(event)

    asyncio.run(send())
    equal(len(events(1, id={"id": [str(event.id)]})), 1)


@check("what happens to deployments, variables and blocks are events too")
def of_objects():
    from prefect.blocks.system import Secret
    from prefect.variables import Variable

    given = eventful.to_deployment("eventful").apply()
    Variable.set("eventful", 1)
    Secret(value="x").save("eventful")
    events(1, resource=about("deployment", given), event={"name": ["prefect.deployment.created"]})
    events(1, event={"name": ["prefect.variable.created"]})
    events(1, event={"name": ["prefect.block-document.created"]})


if __name__ == "__main__":
    run_checks()
