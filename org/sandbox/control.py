"""The endpoint `/_sandbox/...`: another process reads the recorder, plants faults and looks at the state."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from org.sandbox.faults import fault_of
from org.sandbox.snapshot import organization_state
from org.sandbox.wire import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from org.sandbox.app import Application

PREFIX = "/_sandbox/"
HEADER = "HTTP_X_SANDBOX"
"""Whatever changes something needs the header `X-Sandbox: yes`, which a web page cannot send to 127.0.0.1 by itself."""


def respond(application: Application, environ: dict[str, Any], body: bytes) -> Response:
    """The answer to one request of the endpoint, always JSON (docs/sandbox.md lists them)."""
    method, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX)
    action = ACTIONS.get((method, name))
    if action is None:
        known = sorted(f"{method} {PREFIX}{name}" for method, name in ACTIONS)
        return answer(404, {"error": f"{method} {PREFIX}{name} is unknown", "known": known})
    if method != "GET" and environ.get(HEADER) != "yes":
        return answer(403, {"error": "the header `X-Sandbox: yes` is missing"})
    try:
        return answer(200, action(application, json.loads(body or b"null")))
    except (ValueError, TypeError, KeyError, re.error) as error:
        return answer(400, {"error": f"{type(error).__name__}: {error}"})


def answer(status: int, data: Any) -> Response:
    """JSON data as a response."""
    return Response(status, json.dumps(data, default=str).encode() + b"\n", [("Content-Type", "application/json")])


def calls(application: Application, _: Any) -> Any:
    """How many calls there were, by operation and by account."""
    return application.recorder.summary()


def log(application: Application, _: Any) -> Any:
    """Every call, oldest first."""
    return [asdict(call) for call in application.recorder.calls]


def clear_calls(application: Application, _: Any) -> Any:
    """The recorder is empty."""
    application.recorder.clear()
    return {}


def fired(application: Application, _: Any) -> Any:
    """How often each fault has fired."""
    return dict(application.faults.fired())


def set_faults(application: Application, rules: Any) -> Any:
    """Exactly the given rules are in force: a list of objects with the fields of `Fault`."""
    application.faults.set([fault_of(rule) for rule in rules])
    return {}


def clear_faults(application: Application, _: Any) -> Any:
    """No fault is in force."""
    application.faults.clear()
    return {}


def kill(application: Application, wanted: Any) -> Any:
    """The process `pid` dies at the `at`-th call from now, `when` = before or after its effect."""
    application.faults.kill(int(wanted["pid"]), int(wanted["at"]), wanted.get("when", "before"))
    return {}


def state(application: Application, _: Any) -> Any:
    """The organization as data."""
    world = application.parts.world
    with world.lock:
        return organization_state(world)


def cloudtrail(application: Application, _: Any) -> Any:
    """The records of all calls, as a file of CloudTrail has them; raises ValueError where no log is kept."""
    if application.trail is None:
        raise ValueError("the sandbox keeps no log: start it with --log")
    return {"Records": application.trail.records}


def flush(application: Application, _: Any) -> Any:
    """Everything recorded so far is in files; their paths come back."""
    realm = application.parts.world.realm
    files = application.trail.flush(realm.id if realm else "") if application.trail else []
    return {"files": [str(path) for path in files]}


def set_latency(application: Application, wanted: Any) -> Any:
    """Every call takes `seconds` longer."""
    application.latency = float(wanted["seconds"])
    return {}


def forward(application: Application, wanted: Any) -> Any:
    """The clock is `seconds` further on."""
    application.parts.world.elapsed += float(wanted["seconds"])
    return {}


ACTIONS: dict[tuple[str, str], Callable[[Application, Any], Any]] = {
    ("GET", "calls"): calls,
    ("GET", "log"): log,
    ("DELETE", "calls"): clear_calls,
    ("GET", "faults"): fired,
    ("POST", "faults"): set_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "kill"): kill,
    ("GET", "state"): state,
    ("POST", "latency"): set_latency,
    ("POST", "clock"): forward,
    ("GET", "cloudtrail"): cloudtrail,
    ("POST", "flush"): flush,
}
