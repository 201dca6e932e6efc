"""`Sandbox`: an AWS organization on 127.0.0.1, for as long as a `with` block lasts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.sandbox.app import Application, Parts
from org.sandbox.authorization.enforce import Enforcer
from org.sandbox.callers import Callers, Session
from org.sandbox.drift import drifted
from org.sandbox.fallback import Fallback
from org.sandbox.faults import Fault, Faults
from org.sandbox.record import Call, Recorder
from org.sandbox.roles import Roles
from org.sandbox.seed import HOME
from org.sandbox.seed import seed as plant
from org.sandbox.server import Listener
from org.sandbox.snapshot import guardrails, organization_state
from org.sandbox.strict.quotas import Quotas
from org.sandbox.strict.state import DEFAULT_ROLE, World
from org.sandbox.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Self

    from org.model.organization import Organization

UNSET = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_CA_BUNDLE",
)
"""Variables that would lead a client of the sandbox elsewhere."""


class Sandbox:
    """An AWS endpoint with an organization in it; a context manager.

    Without an organization nothing has been created yet. Any unknown key is an administrator of the management account,
    which is 123456789012 unless the organization says otherwise. `settings` are those of `World`: quotas,
    creation_polls, creation_seconds, closure_polls, empty_pages.

    `latency` is seconds added to every call. With `enforce_iam` the policies that IAM holds for roles count too. With
    `log` there is a CloudTrail of all calls, in files if it is a folder.

    State of moto's services (S3, KMS, IAM, ...) is shared by all sandboxes of one process; that of AWS Organizations,
    STS, account settings and S3 Block Public Access is each one's own.
    """

    def __init__(  # noqa: PLR0913 - one argument for each thing that a sandbox can be
        self,
        organization: Organization | None = None,
        *,
        port: int = 0,
        drift: int = 0,
        seed: int = 0,
        latency: float = 0.0,
        faults: Iterable[Fault] = (),
        enforce_iam: bool = False,
        log: Path | bool = False,
        **settings: Any,
    ) -> None:
        self.enforce_iam = enforce_iam
        self.recorder = Recorder()
        self.faults = Faults(faults, seed)
        self.fallback = Fallback()
        self._application = Application(self._parts(World(seed=seed)), self.recorder, self.faults, self.fallback)
        self._application.latency = latency
        self._application.trail = Trail(log if isinstance(log, Path) else None) if log else None
        self._port = port
        self._listener: Listener | None = None
        self.drifted: tuple[str, ...] = ()
        self._fill(organization, drift, seed, settings)

    def __enter__(self) -> Self:
        self._listener = Listener(self._application, self._port)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._listener is not None
        self._listener.stop()
        self._listener = None
        self.flush()
        self.fallback.reset()

    @property
    def world(self) -> World:
        """The state itself; hold `world.lock` to look at it while calls are answered."""
        return self._application.parts.world

    @property
    def url(self) -> str:
        """The endpoint, for instance `http://127.0.0.1:40123`."""
        assert self._listener is not None, "the sandbox is not running"
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def management(self) -> str:
        """The id of the management account."""
        return self.world.home

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make any AWS client in a child process use the sandbox, and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "http_proxy": self.url,
            "no_proxy": "",
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def child_environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """A whole environment for a child process: the given one, or this process's, led to the sandbox."""
        given = os.environ if base is None else base
        kept = {
            name: value
            for name, value in given.items()
            if name not in UNSET
            and not name.startswith("AWS_ENDPOINT_URL")
            and name.lower() not in {"http_proxy", "no_proxy"}
        }
        return kept | self.environment

    @property
    def latency(self) -> float:
        """Seconds added to every call."""
        return self._application.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._application.latency = seconds

    @property
    def on_write(self) -> Callable[[Call], None] | None:
        """A function called after every successful write to the strict layer, before its answer is sent."""
        return self._application.on_write

    @on_write.setter
    def on_write(self, hook: Callable[[Call], None] | None) -> None:
        self._application.on_write = hook

    def sign_in(self, account: str, role: str = DEFAULT_ROLE) -> str:
        """An access key for the role in the account, without any call and whether or not the role exists."""
        key, _ = self._application.parts.callers.issue(f"arn:aws:iam::{account}:role/{role}", Session("sandbox"))
        return key

    def organization_state(self, *, ids: bool = True) -> dict[str, Any] | None:
        """The organization as plain data (see `org.sandbox.snapshot`); None if there is none."""
        with self.world.lock:
            return organization_state(self.world, ids=ids)

    def guardrails(self) -> dict[str, frozenset[str]]:
        """For every account (by e-mail) the policies that hold for it, as `TYPE/name`, wherever they are attached."""
        with self.world.lock:
            return guardrails(self.world)

    def cloudtrail(self) -> tuple[dict[str, Any], ...]:
        """The records of all calls in CloudTrail's format, oldest first; needs `log`."""
        assert self._application.trail is not None, "the sandbox keeps no log: start it with log=True or a folder"
        return self._application.trail.records

    def flush(self) -> list[Path]:
        """Everything recorded so far is in files of the `log` folder; the new ones come back."""
        trail, realm = self._application.trail, self.world.realm
        return trail.flush(realm.id if realm else "") if trail is not None else []

    def forward(self, seconds: float) -> None:
        """The sandbox's clock is that many seconds further on: creations end, waiting periods pass."""
        self.world.elapsed += seconds

    def kill(self, client: int | Callable[[], None], at: int, when: str = "before") -> None:
        """The client (a pid, or a function that kills it) dies at the `at`-th call from now, `before` or `after` it."""
        self.faults.kill(client, at, when)

    def reset(
        self,
        organization: Organization | None = None,
        *,
        drift: int = 0,
        seed: int = 0,
        enforce_iam: bool = False,
        **settings: Any,
    ) -> None:
        """The sandbox holds this organization and nothing else; recorder, faults, latency and hook are cleared."""
        self.enforce_iam = enforce_iam
        self.faults.clear()
        if self._application.trail is not None:
            self.flush()
            self._application.trail.clear()
        self._application.latency = 0.0
        self._application.on_write = None
        self.fallback.reset()
        self._fill(organization, drift, seed, settings)
        self.recorder.clear()

    def _fill(self, organization: Organization | None, drift: int, seed: int, settings: Mapping[str, Any]) -> None:
        world = World(seed=seed, home=HOME, **settings)
        self.drifted = ()
        if organization is not None:
            plant(organization, world)
            self.drifted = drifted(organization, world, drift, seed)
        self._application.parts = self._parts(world)

    def _parts(self, world: World) -> Parts:
        roles = Roles(world)
        return Parts(
            world, Callers(world.home, world.random, world.now), roles, Enforcer(world, roles, self.enforce_iam)
        )


__all__ = ["Call", "Fault", "Quotas", "Sandbox"]
