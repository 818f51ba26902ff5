"""Transactions of tasks, and their rollback: decided by the client, seen by the server as a state named RolledBack."""

from prefect import flow, task
from prefect.runtime import flow_run as runtime
from prefect.transactions import get_transaction, transaction

from kit.checks import check, equal, raises, run_checks
from kit.recorded import flow_run, names, task_run, task_states
from kit.waiting import eventually

done: list[str] = []
runs: list[str] = []


@task
def write(name: str) -> str:
    get_transaction().set("written", name)
    done.append(f"write {name}")
    return name


@write.on_rollback
def unwrite(txn) -> None:
    done.append(f"unwrite {txn.get('written')}")


@write.on_commit
def announce(txn) -> None:
    done.append(f"announce {txn.get('written')}")


@flow
def writes(names_: list[str], fails: bool) -> None:
    runs.append(runtime.id)
    with transaction():
        for name in names_:
            write.with_options(task_run_name=f"write-{name}")(name)
        if fails:
            raise ValueError("not all is well")


@check("a transaction that fails rolls its tasks back, the last first")
def rolls_back():
    done.clear()
    raises(ValueError, lambda: writes(["a", "b"], fails=True))
    equal(done, ["write a", "write b", "unwrite b", "unwrite a"])
    equal(flow_run(runs[-1]).state.name, "Failed")


@check("a task that was rolled back is recorded as RolledBack")
def recorded():
    raises(ValueError, lambda: writes(["c"], fails=True))

    def rolled_back() -> bool:
        return task_run(runs[-1], "write-c", 1).state.name == "RolledBack"

    eventually(rolled_back, "the state RolledBack")
    states = names(task_states(task_run(runs[-1], "write-c", 1).id))
    equal(states, ["Pending", "Running", "Completed", "RolledBack"])


@check("a transaction that ends well commits its tasks")
def commits():
    done.clear()
    writes(["a", "b"], fails=False)
    equal(done, ["write a", "write b", "announce a", "announce b"])
    equal(task_run(runs[-1], "write-b", 2).state.name, "Completed")


@check("a key that is committed is found so by the next transaction")
def keys():
    found: list[bool] = []

    @flow(persist_result=True)
    def once() -> None:
        with transaction(key="once-only", write_on_commit=True) as txn:
            found.append(txn.is_committed())
            if not txn.is_committed():
                txn.stage({"rows": 1})

    once()
    once()
    equal(found, [False, True])


if __name__ == "__main__":
    run_checks()
