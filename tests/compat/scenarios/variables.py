"""Variables: any JSON value under a name."""

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.variables import Variable

from kit.checks import check, contains, equal, raises, run_checks

VALUES = {
    "a_text": "text",
    "a_number": 3.5,
    "a_list": [1, "two", None],
    "an_object": {"rows": 3, "nested": {"deep": True}},
    "a_bool": False,
    "nothing": None,
}


@check("each JSON value is set and got as it was")
def values():
    for name, value in VALUES.items():
        Variable.set(name, value)
    equal({name: Variable.get(name, default="absent") for name in VALUES}, VALUES)


@check("a flow reads what was set outside")
def in_a_flow():
    Variable.set("threshold", 0.9)

    @flow
    def reads() -> float:
        return Variable.get("threshold")

    equal(reads(), 0.9)


@check("a variable that is not there is its default")
def default():
    equal(Variable.get("absent"), None)
    equal(Variable.get("absent", default=42), 42)


@check("a variable is written over only where that is said")
def overwrite():
    Variable.set("kept", 1)
    contains(str(raises(ValueError, lambda: Variable.set("kept", 2))), "already exists")
    equal(Variable.get("kept"), 1)
    Variable.set("kept", 2, overwrite=True)
    equal(Variable.get("kept"), 2)


@check("a variable that is unset is gone")
def unset():
    Variable.set("gone", 1)
    equal((Variable.unset("gone"), Variable.unset("gone")), (True, False))
    equal(Variable.get("gone"), None)


@check("tags are kept, and the list has all")
def tags():
    Variable.set("tagged", 1, tags=["b", "a"])
    with get_client(sync_client=True) as client:
        found = {variable.name: variable for variable in client.read_variables(limit=200)}
    equal(sorted(found["tagged"].tags), ["a", "b"])
    equal(list(found), sorted(found), "the order of names")
    equal(set(VALUES) <= set(found), True, "all are listed")


@check("a name outside its alphabet is refused")
def bad_name():
    raises((PrefectHTTPStatusError, ValueError), lambda: Variable.set("Not A Name!", 1))


if __name__ == "__main__":
    run_checks()
