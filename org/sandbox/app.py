"""The WSGI application: find out what is called and by whom, record it, let faults happen, answer."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from org.sandbox import control, routing, wire
from org.sandbox.authorization.asked import Attempt
from org.sandbox.authorization.parameters import parameters
from org.sandbox.models import input_shape
from org.sandbox.strict.access import check_audience
from org.sandbox.strict.accounts import advance
from org.sandbox.strict.refusal import NotCovered, Refusal
from org.sandbox.strict.registry import Request, operations
from org.sandbox.strict.validate import check_parameters
from org.sandbox.trail import record

if TYPE_CHECKING:
    from org.sandbox.authorization.enforce import Enforcer
    from org.sandbox.callers import Caller, Callers
    from org.sandbox.fallback import Fallback
    from org.sandbox.faults import Fault, Faults
    from org.sandbox.record import Call, Recorder
    from org.sandbox.roles import Roles
    from org.sandbox.strict.state import World
    from org.sandbox.trail import Trail
    from org.sandbox.wire import Response

NOT_COVERED = "SandboxDoesNotCover"
SOCKET = "org.sandbox.hang_up"
"""The key of the WSGI environment under which the server puts a function that resets the connection."""
PHRASES = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}


@dataclass(slots=True)
class Parts:
    """Everything that answering needs; replaced as a whole by a reset."""

    world: World
    callers: Callers
    roles: Roles
    enforcer: Enforcer


class Application:
    """An AWS endpoint for all services, as a WSGI application."""

    def __init__(self, parts: Parts, recorder: Recorder, faults: Faults, fallback: Fallback) -> None:
        self.parts = parts
        self.recorder = recorder
        self.faults = faults
        self.fallback = fallback
        self.trail: Trail | None = None
        self.latency = 0.0
        self.on_write: Callable[[Call], None] | None = None
        self._first = threading.Lock()
        self._begun: set[str] = set()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """The body of the answer, as WSGI wants it (PEP 3333)."""
        body = read_body(environ)
        response = self.respond(environ, body)
        if response is None:
            environ[SOCKET]()
            return []
        status = f"{response.status} {PHRASES.get(response.status, 'Sandbox')}"
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def respond(self, environ: dict[str, Any], body: bytes) -> Response | None:
        """The answer to one request; None where there is to be none."""
        if environ.get("PATH_INFO", "").startswith(control.PREFIX):
            return control.respond(self, environ, body)
        parts = self.parts
        aim = routing.aim(environ, body)
        caller = parts.callers.caller(aim.key)
        attempt = attempted(aim, caller, environ, body)
        call = self.recorder.add(aim.service, aim.operation, caller.account, aim.region)
        fault, kill = self.faults.due(call)
        if delay := self.latency + (fault.latency if fault else 0.0):
            time.sleep(delay)
        if kill and not kill.after:
            kill.strike()
            return None
        response: Response | None = None
        if fault is None or fault.after or not (fault.code or fault.reset):
            response = self.in_turn(parts, attempt, call, environ, body)
            self.trace(parts, attempt, response)
        if kill:
            kill.strike()
            return None
        if fault and (fault.code or fault.reset):
            response = fault_response(fault, aim)
            if not fault.after:
                self.trace(parts, attempt, response)
        self.recorder.answered(call, response.code if response else "(no answer)")
        return response

    def trace(self, parts: Parts, attempt: Attempt, response: Response | None) -> None:
        """The call is in the sandbox's CloudTrail, where it keeps one; a call that nobody answers never was."""
        if self.trail is not None and response is not None:
            realm = parts.world.realm
            self.trail.add(record(attempt, response, parts.world.now()), realm.id if realm else "")

    def in_turn(self, parts: Parts, attempt: Attempt, call: Call, environ: dict[str, Any], body: bytes) -> Response:
        """The answer; the first call of a service is answered alone, or each of 128 threads would load its model."""
        service = attempt.aim.service
        if service in self._begun:
            return self.answer(parts, attempt, call, environ, body)
        with self._first:
            response = self.answer(parts, attempt, call, environ, body)
            self._begun.add(service)
            return response

    def answer(self, parts: Parts, attempt: Attempt, call: Call, environ: dict[str, Any], body: bytes) -> Response:
        """The answer without any fault: the strict layer's, else moto's, else that nobody covers the call."""
        aim, caller = attempt.aim, attempt.caller
        try:
            if complaint := parts.callers.complaint(aim.key, environ.get("HTTP_X_AMZ_SECURITY_TOKEN")):
                return wire.failure(aim.protocol, 403, *complaint)
            if not aim.service:
                raise NotCovered("the request is not signed")
            parts.enforcer.check(attempt)
            operation = operations().get((aim.service, aim.operation))
            if operation and (caller.root or not operation.roots):
                return self.strict(parts, attempt, call)
            if aim.service in wire.PROTOCOLS and aim.service not in {"sts", "s3control"}:
                raise NotCovered("no rule is written for it")
            if aim.service == "iam":
                parts.roles.hand_over(caller.account)
            return self.fallback.respond(environ, body, caller.account)
        except NotCovered as error:
            message = f"the sandbox does not cover {aim.service}:{aim.operation}: {error}"
            return wire.failure(aim.protocol, 400, NOT_COVERED, message)
        except Refusal as refusal:
            return wire.failure(aim.protocol, refusal.status, refusal.code, refusal.message, refusal.reason)
        except (ValueError, TypeError) as error:
            return wire.failure(aim.protocol, 400, "SerializationException", str(error))

    def strict(self, parts: Parts, attempt: Attempt, call: Call) -> Response:
        """The strict layer's answer; a refusal changes nothing."""
        world, aim, given = parts.world, attempt.aim, attempt.parameters()
        operation = operations()[aim.service, aim.operation]
        layers = (world, parts.callers, parts.roles, parts.enforcer)
        request = Request(*layers, attempt.caller, aim.service, aim.operation, aim.region, given, attempt)
        with world.lock:
            try:
                check_parameters(aim.service, input_shape(aim.service, aim.operation), given)
                if aim.service == "organizations":
                    advance(world)
                    check_audience(request, operation)
                answer = operation.answer(request)
            except Refusal as refusal:
                return wire.failure(aim.protocol, refusal.status, refusal.code, refusal.message, refusal.reason)
            if self.on_write and call.write:
                self.on_write(call)
        return wire.success(aim.service, aim.operation, answer)


def attempted(aim: routing.Aim, caller: Caller, environ: dict[str, Any], body: bytes) -> Attempt:
    """The call as somebody tries it; its parameters are read once, when they are first asked for."""

    @functools.cache
    def given() -> dict[str, Any]:
        if (aim.service, aim.operation) in operations():
            return wire.parameters(aim.service, body, environ)
        return parameters(aim, environ, body)

    return Attempt(aim, caller, given, environ.get("HTTP_USER_AGENT", ""))


def fault_response(fault: Fault, aim: routing.Aim) -> Response | None:
    """The error of a fault in the format of the call; None where the connection is to be reset."""
    if fault.reset:
        return None
    return wire.failure(aim.protocol, fault.status, fault.code, fault.message, fault.reason)


def read_body(environ: dict[str, Any]) -> bytes:
    """The whole body, whether its length was given or it came in chunks."""
    length = environ.get("CONTENT_LENGTH")
    stream = environ["wsgi.input"]
    body: bytes = stream.read(int(length)) if length else stream.read() if environ.get("wsgi.input_terminated") else b""
    return body
