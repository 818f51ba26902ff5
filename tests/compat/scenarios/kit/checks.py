"""The checks of a scenario, and what becomes of each: a line of JSON in the file that MILLRACE_COMPAT_REPORT names."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable

Body = Callable[[], None]

_bodies: dict[str, Body] = {}


def check(name: str) -> Callable[[Body], Body]:
    """Marks a function as a check. It fails by raising, and says why in what it raises."""

    def mark(body: Body) -> Body:
        if name in _bodies:
            raise ValueError(f"there are two checks named {name!r}")
        _bodies[name] = body
        return body

    return mark


def equal(actual: object, expected: object, what: str = "value") -> None:
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, found {actual!r}")


def contains(whole: object, part: object, what: str = "value") -> None:
    if part not in whole:
        raise AssertionError(f"{what}: expected {part!r} to be in {whole!r}")


def raises(error: type[BaseException], body: Callable[[], object]) -> BaseException:
    """What the body raised, which must be such an error."""
    try:
        value = body()
    except error as raised:
        return raised
    raise AssertionError(f"expected {error.__name__} to be raised, found {value!r}")


def run_checks() -> None:
    """Runs the checks of the file in their order. Words on the command line pick those whose names contain one."""
    words = sys.argv[1:]
    failed = 0
    for name, body in _bodies.items():
        if not words or any(word in name for word in words):
            failed += not _run(name, body)
    sys.exit(1 if failed else 0)


def _run(name: str, body: Body) -> bool:
    started_at = time.perf_counter()
    try:
        body()
        ok, detail = True, ""
    except BaseException:  # A flow that crashes raises what is no Exception, and the checks after it still count.
        ok, detail = False, traceback.format_exc()
    seconds = round(time.perf_counter() - started_at, 3)
    _report({"name": name, "ok": ok, "detail": detail, "seconds": seconds})
    return ok


def _report(line: dict) -> None:
    path = os.environ.get("MILLRACE_COMPAT_REPORT")
    if path is None:
        mark = "ok  " if line["ok"] else "FAIL"
        print(f"{mark} {line['name']} ({line['seconds']} s)\n{line['detail']}".rstrip(), file=sys.stderr)
        return
    with open(path, "a", encoding="utf-8") as report:
        report.write(json.dumps(line) + "\n")
