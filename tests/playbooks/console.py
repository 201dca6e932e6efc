"""Somebody with boto3 and the role that every account is born with: nothing here knows the product."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Place = tuple[str, str]
"""An account's id and a Region."""
ROLE = "OrganizationAccountAccessRole"
THREADS, PROCESSES = 8, 2


class Whoever(Credentials):  # type: ignore[misc] - botocore has no types
    """Credentials that are another account's in each thread: making clients for 300 accounts takes minutes."""

    def __init__(self) -> None:
        super().__init__("sandbox", "sandbox")
        self.here = threading.local()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return getattr(self.here, "credentials", None) or ReadOnlyCredentials("sandbox", "sandbox", None)


class Console:
    """All accounts of an organization by hand."""

    def __init__(self, url: str, management: str) -> None:
        self.management = management
        self.whoever = Whoever()
        inner = botocore.session.Session()
        inner._credentials = self.whoever
        self._session = boto3.Session(botocore_session=inner)
        self._config = Config(retries={"total_max_attempts": 1}, proxies={"http": url}, max_pool_connections=THREADS)
        self._url = url
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._sessions: dict[str, ReadOnlyCredentials] = {}

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client for the account that this thread is in."""
        with self._lock:
            if (service, region) not in self._clients:
                made = self._session.client(service, region_name=region, endpoint_url=self._url, config=self._config)
                self._clients[service, region] = made
            return self._clients[service, region]

    def enter(self, account: str) -> None:
        """This thread is in the account, by the session that it got when it was first there."""
        self.whoever.here.credentials = None
        if account == self.management:
            return
        if account not in self._sessions:
            arn = f"arn:aws:iam::{account}:role/{ROLE}"
            given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="console")["Credentials"]
            keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            self._sessions[account] = ReadOnlyCredentials(*keys)
        self.whoever.here.credentials = self._sessions[account]

    def everywhere(self, act: Callable[[Console, str, str], Any], places: Iterable[Place]) -> dict[Place, Any]:
        """What `act` gives in each place, several at a time."""
        chosen = list(places)

        def there(place: Place) -> Any:
            self.enter(place[0])
            return act(self, *place)

        with ThreadPoolExecutor(THREADS) as pool:
            return dict(zip(chosen, pool.map(there, chosen), strict=True))

    def apart(self, act: Callable[[Console, str, str], Any], places: Iterable[Place]) -> dict[Place, Any]:
        """The same in processes of their own: here, the threads of the sandbox would wait for those of the caller."""
        chosen, pools = list(places), multiprocessing.get_context("spawn")
        parts = [(self._url, self.management, act, chosen[start::PROCESSES]) for start in range(PROCESSES)]
        with ProcessPoolExecutor(PROCESSES, pools) as pool:
            return {place: what for part in pool.map(elsewhere, parts) for place, what in part.items()}


def elsewhere(part: tuple[str, str, Callable[[Console, str, str], Any], list[Place]]) -> dict[Place, Any]:
    """What a process of its own does."""
    url, management, act, places = part
    return Console(url, management).everywhere(act, places)
