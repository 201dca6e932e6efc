"""Evaluators made by others, each run as a program of its own from `build/judges`, where `install` puts them.

They are AGPL-licensed: nothing of them is imported, copied or shipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.access.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "judges"
DRIVER = "iam_simulate.mjs"
PMAPPER, PMAPPER_PINNED = BUILD / "pmapper", "principalmapper==1.1.5"
PINNED = ("package.json", "package-lock.json", DRIVER)
NPM = ("npm", "ci", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund", "--silent")
ANSWERS = {"Allowed": "allowed", "ExplicitlyDenied": "explicitly_denied", "ImplicitlyDenied": "implicitly_denied"}


def missing() -> str:
    """Why iam-simulate cannot run here; empty where it can, installed now if need be."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    return install()


def install() -> str:
    """What npm says where it fails; empty where the pinned versions are in place."""
    if all((BUILD / name).is_file() and (BUILD / name).read_bytes() == (HERE / name).read_bytes() for name in PINNED):
        return ""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in PINNED[:2]:
        shutil.copyfile(HERE / name, BUILD / name)
    done = subprocess.run(NPM, cwd=BUILD, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"npm ci ended with {done.returncode}: {done.stderr.strip()}"
    shutil.copyfile(HERE / DRIVER, BUILD / DRIVER)
    return ""


@dataclass(frozen=True)
class Told:
    """What iam-simulate says, in our words: an answer and the keys that it left out of the context, or an error."""

    answer: str | None = None
    ignored: list[str] = field(default_factory=list)
    error: str = ""


class IamSimulate:
    """iam-simulate in a process of its own; a context manager."""

    def __enter__(self) -> Self:
        command = ["node", DRIVER]
        self._process = subprocess.Popen(command, cwd=BUILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.__exit__(kind, error, trace)

    def ask(self, scenario: Mapping[str, Any], asked: Mapping[str, Any]) -> Told:
        """Its answer to one request of our public format."""
        wanted = simulation(scenario, asked)
        told = self._told({"simulation": wanted, "validated": True})
        if "answer" not in told and "resourcePolicy" not in wanted and "sessionPolicy" not in wanted:
            told = self._told({"simulation": with_default_rcps(wanted)})
        if "answer" not in told:
            return Told(error=json.dumps(told["error"]))
        return Told(ANSWERS[told["answer"]], told.get("ignored", []))

    def _told(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


def timed(simulations: Iterable[Mapping[str, Any]]) -> tuple[list[str], float]:
    """iam-simulate's answers to all of them, and the CPU seconds it took once it was warm."""
    lines = "".join(json.dumps({"simulation": one}) + "\n" for one in simulations)
    done = subprocess.run(["node", DRIVER, "timed"], cwd=BUILD, input=lines, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return [ANSWERS.get(one.get("answer"), "error") for one in told["answers"]], told["seconds"]


def missing_pmapper() -> str:
    """Why PMapper cannot run here; empty where it can, installed now if need be."""
    if (PMAPPER / "principalmapper").is_dir():
        return ""
    command = [Path(sys.executable).with_name("uv"), "pip", "install", "-q", "--python", sys.executable]
    done = subprocess.run([*command, "--target", PMAPPER, PMAPPER_PINNED], capture_output=True, text=True, check=False)
    return f"uv ended with {done.returncode}: {done.stderr.strip()}" if done.returncode else ""


def mapped(scenario: Mapping[str, Any], requests: Sequence[Mapping[str, Any]]) -> tuple[list[str], float]:
    """PMapper's answers to requests of our format, and the CPU seconds it took once it was warm."""
    lines = json.dumps({"scenario": scenario, "requests": requests})
    command = [sys.executable, HERE / "pmapper_runner.py"]
    environment = {**os.environ, "PYTHONPATH": str(PMAPPER)}
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, env=environment)
    told = json.loads(done.stdout)
    return ["allowed" if one else "denied" for one in told["answers"]], told["seconds"]


def simulation(scenario: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """A request of our public format as iam-simulate wants it.

    It knows no management account and no service-linked roles: its users leave the SCPs out for these.
    """
    given = {**scenario, **asked}
    _, requests = Scenario(scenario).ask(asked)
    request = requests[0]
    exempt = given.get("is_management_account") or given.get("is_service_linked_role")
    session = given.get("session_policies") or []
    found: dict[str, Any] = {
        "request": {
            "principal": {"type": "Anonymous"} if request.principal.arn == "*" else request.principal.arn,
            "action": request.action,
            "resource": {"resource": request.resource or "*", "accountId": request.resource_account or own(request)},
            "contextVariables": {
                key: list(value) if isinstance(value, tuple) else value for key, value in request.context.items()
            },
        },
        "identityPolicies": named(given.get("identity_policies") or []),
        "serviceControlPolicies": [] if exempt else levels(given.get("scps")),
        "resourceControlPolicies": levels(given.get("rcps")),
    }
    if given.get("resource_policy") is not None:
        found["resourcePolicy"] = given["resource_policy"]
    if given.get("permissions_boundary") is not None:
        found["permissionBoundaryPolicies"] = named([given["permissions_boundary"]])
    if session:
        found["sessionPolicy"] = joined(session)
    return found


def with_default_rcps(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The simulation with AWS's own RCP on each level, which only the validating function adds by itself."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    full = {"name": "RCPFullAWSAccess", "policy": {"Version": "2012-10-17", "Statement": [allow]}}
    given = wanted["resourceControlPolicies"]
    return {**wanted, "resourceControlPolicies": [{**one, "policies": [full, *one["policies"]]} for one in given]}


def own(request: Any) -> str:
    """The account that a resource is in where its ARN does not say: the principal's."""
    return str(request.context.get("aws:principalaccount", "000000000000"))


def named(documents: Sequence[Any]) -> list[dict[str, Any]]:
    """Documents with the names that it asks for."""
    return [{"name": f"policy {number}", "policy": document} for number, document in enumerate(documents)]


def levels(given: Sequence[Sequence[Any]] | None) -> list[dict[str, Any]]:
    """Levels of SCPs or RCPs."""
    return [{"orgIdentifier": f"level {number}", "policies": named(level)} for number, level in enumerate(given or ())]


def joined(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Session policies as the one that it takes: they are one layer."""
    statements = [one for document in documents for one in listed(document.get("Statement", []))]
    return {"Version": documents[0].get("Version", "2012-10-17"), "Statement": statements}


def listed(value: Any) -> list[Any]:
    """The value as a list."""
    return value if isinstance(value, list) else [value]
