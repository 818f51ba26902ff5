"""Automations made by the Python client: they react to events, and to their absence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from prefect import flow
from prefect.automations import (
    Automation,
    ChangeFlowRunState,
    CompoundTrigger,
    DoNothing,
    EventTrigger,
    Posture,
    RunDeployment,
    SequenceTrigger,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events import DeploymentEventTrigger, Event, emit_event

from kit.checks import check, equal, raises, run_checks
from kit.deployments import runs_of
from kit.events import about, events, events_so_far
from kit.recorded import flow_run
from kit.waiting import eventually

TRIGGERED = {"name": ["prefect.automation.triggered"]}


@flow
def reacting(order: str = "none") -> None:
    raise AssertionError("nothing runs it")


def deploy(name: str) -> UUID:
    return reacting.to_deployment(name).apply()


def emit(event: str, resource: str = "compat.thing") -> Event:
    return emit_event(event, resource={"prefect.resource.id": resource})


def name_of(kind: str) -> str:
    return f"compat.{kind}.{uuid4()}"


def on(event: str, **options: object) -> EventTrigger:
    wanted = {"expect": {event}, "posture": Posture.Reactive, "threshold": 1, "within": timedelta(0), **options}
    return EventTrigger(**wanted)


@contextmanager
def automation(**options: object) -> Iterator[Automation]:
    """Is there while the block runs, and follows the events in it."""
    made = Automation(name=name_of("automation"), **options).create()
    try:
        wait_until_followed()
        yield made
    finally:
        made.delete()


def wait_until_followed() -> None:
    """Automations are loaded in their order, some time after they were created: this one is the last."""
    event = name_of("probe")
    probe = Automation(name=event, trigger=on(event), actions=[DoNothing()]).create()
    try:

        def followed() -> bool:
            emit(event)
            return bool(triggered_so_far(probe))

        eventually(followed, "the automation to follow events")
    finally:
        probe.delete()


def triggered_so_far(made: Automation) -> list[Event]:
    return events_so_far(resource=about("automation", made.id), event=TRIGGERED)


def triggered(made: Automation, count: int = 1) -> list[Event]:
    return events(count, resource=about("automation", made.id), event=TRIGGERED)


@check("an automation is created, read, changed, turned off and on, and deleted")
def kept():
    made = Automation(
        name="kept", description="is kept", trigger=on("compat.never"), actions=[DoNothing()], tags=["compat"]
    ).create()
    read = Automation.read(id=made.id)
    equal((read.name, read.description, read.enabled), ("kept", "is kept", True))
    equal((read.trigger.expect, type(read.actions[0]).__name__), ({"compat.never"}, "DoNothing"))
    equal(Automation.read(name="kept").id, made.id)
    made.disable()
    equal(Automation.read(id=made.id).enabled, False)
    made.enable()
    made.name = "renamed"
    made.update()
    equal((Automation.read(id=made.id).name, Automation.read(id=made.id).enabled), ("renamed", True))
    made.delete()
    raises(ValueError, lambda: Automation.read(id=made.id))


@check("an event that is expected runs a deployment, with parameters from the event")
def reacts():
    event = name_of("order")
    deployment_id = deploy("reacts")
    action = RunDeployment(
        source="selected",
        deployment_id=deployment_id,
        parameters={"order": {"__prefect_kind": "jinja", "template": "{{ event.resource.id }}"}},
    )
    with automation(trigger=on(event), actions=[action]) as made:
        emit("compat.something.else")
        emit(event, "compat.order.7")
        (run,) = eventually(lambda: runs_of("reacting/reacts"), "the run that the automation asks for")
        equal((run.parameters, run.created_by.type), ({"order": "compat.order.7"}, "AUTOMATION"))
        equal(len(triggered(made)), 1)
        events(
            1,
            resource={"id": [f"prefect.automation.{made.id}"]},
            event={"name": ["prefect.automation.action.executed"]},
        )


@check("a threshold is reached by so many events within its time")
def threshold():
    event = name_of("failure")
    third_time = on(event, threshold=3, within=timedelta(minutes=5))
    with (
        automation(trigger=third_time, actions=[DoNothing()]) as made,
        automation(trigger=on(event), actions=[DoNothing()]) as each_time,
    ):
        emit(event)
        emit(event)
        triggered(each_time, 2)
        equal(triggered_so_far(made), [], "triggered by two")
        third = emit(event)
        (found,) = triggered(made)
        equal(found.payload["triggering_event"]["id"], str(third.id))


@check("events of different resources are counted apart, where that is said")
def for_each():
    event = name_of("apart")
    trigger = on(event, threshold=2, within=timedelta(minutes=5), for_each={"prefect.resource.id"})
    with automation(trigger=trigger, actions=[DoNothing()]) as made:
        for resource in ("compat.a", "compat.b", "compat.c", "compat.b"):
            emit(event, resource)
        (found,) = triggered(made)
        equal(found.payload["triggering_labels"], {"prefect.resource.id": "compat.b"})


@check("an event that does not follow in time sets off a proactive trigger")
def proactive():
    begun, ended = name_of("begun"), name_of("ended")
    trigger = EventTrigger(
        after={begun},
        expect={ended},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=timedelta(seconds=10),
    )
    with automation(trigger=trigger, actions=[DoNothing()]) as made:
        for resource in ("compat.slow", "compat.fast"):
            emit(begun, resource)
        emit(ended, "compat.fast")
        (found,) = triggered(made)
        equal(found.payload["triggering_labels"], {"prefect.resource.id": "compat.slow"})


@check("a compound trigger needs all of its parts, a sequence needs them in their order")
def composite():
    first, second = name_of("first"), name_of("second")
    parts = [on(first), on(second)]
    within = timedelta(minutes=5)
    both = CompoundTrigger(require="all", within=within, triggers=parts)
    ordered = SequenceTrigger(within=within, triggers=parts)
    with (
        automation(trigger=both, actions=[DoNothing()]) as all_,
        automation(trigger=ordered, actions=[DoNothing()]) as in_order,
    ):
        emit(second)
        emit(first)
        triggered(all_)
        emit(second)
        equal(len(triggered(in_order)), 1)


@check("the state of a flow run sets off an automation, which changes the run")
def on_flow_run():
    @flow
    def suspicious() -> None:
        pass

    trigger = on(
        "prefect.flow-run.Completed",
        match={"prefect.resource.id": "prefect.flow-run.*"},
        match_related={"prefect.resource.name": "suspicious", "prefect.resource.role": "flow"},
    )
    action = ChangeFlowRunState(state=StateType.FAILED, name="Doubtful", message="by an automation", force=True)
    with automation(trigger=trigger, actions=[action]):
        state = suspicious(return_state=True)
        run_id = state.state_details.flow_run_id
        eventually(lambda: flow_run(run_id).state.name == "Doubtful", "the state that the automation sets")


@check("an automation that is off does nothing")
def off():
    event = name_of("off")
    deployment_id = deploy("off")
    action = RunDeployment(source="selected", deployment_id=deployment_id)
    with (
        automation(trigger=on(event), actions=[action]) as quiet,
        automation(trigger=on(event), actions=[DoNothing()]) as loud,
    ):
        quiet.disable()
        emit(event)
        triggered(loud)
    equal(runs_of("reacting/off"), [])


@check("the triggers of a deployment are automations that it owns, replaced as it is deployed again")
def of_deployments():
    def deploy_on(event: str) -> UUID:
        trigger = DeploymentEventTrigger(name=event, expect={event}, parameters={"order": "owned"})
        return reacting.to_deployment("owner", triggers=[trigger]).apply()

    first, second = name_of("first"), name_of("second")
    deploy_on(first)
    deployment_id = deploy_on(second)
    with get_client(sync_client=True) as client:
        answer = client._client.get(f"/automations/related-to/prefect.deployment.{deployment_id}")
        equal([each["name"] for each in answer.json()], [second])
    wait_until_followed()
    emit(second)
    runs = eventually(lambda: runs_of("reacting/owner"), "the run of the trigger")
    equal([run.parameters for run in runs], [{"order": "owned"}])


if __name__ == "__main__":
    run_checks()
