"""New accounts, each asked for at most once.

CreateAccount has no token and AWS would carry it out twice, so it is sent once; after a lost answer or a killed run we
look for the request (ListCreateAccountStatus, by name) and the account (ListAccounts, by e-mail) and never ask again
before both say that nothing is there.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from org.errors import Ambiguous, CloudError, OrgError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from org.aws.cloud import Cloud
    from org.model.change import Change

IN_PROGRESS_AT_ONCE = 5
"""AWS allows five creations in progress: orgs_reference_limits.html."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: between two looks, until a creation is given up, and until an unanswered request counts as lost."""

    poll: float = 5.0
    creation: float = 1800.0
    settle: float = 180.0


SANDBOX_TIMING = Timing(poll=0.02, creation=30.0, settle=1.0)


@dataclass
class AccountCreation:
    """Creates accounts, up to five at once; `created` gets each new id as soon as it is known."""

    cloud: Cloud
    created: Callable[[Change, str], None]
    timing: Timing = field(default_factory=Timing)
    _in_flight: dict[str, tuple[Change, float]] = field(default_factory=dict)

    def run(self, changes: Sequence[Change]) -> Iterator[tuple[Change, OrgError | None]]:
        """Each change with None once its account exists, or with the error that ended it."""
        asked_before = {status["AccountName"]: status["Id"] for status in self._requests("IN_PROGRESS")}
        # INVARIANT: requests are listed before accounts. One that ends in between is then seen as an account; the other
        # way round it would be seen as neither, and asked for again.
        existing = self._existing()
        waiting = []
        for change in changes:
            account_id = existing.get(_email(change))
            if account_id is None:
                waiting.append(change)
            else:
                self.created(change, account_id)
                yield change, None
        while waiting or self._in_flight:
            while waiting and len(self._in_flight) < IN_PROGRESS_AT_ONCE:
                change = waiting.pop(0)
                try:
                    request = asked_before.get(_wanted(change)["name"]) or self._ask(change)
                except OrgError as error:
                    yield change, error
                    continue
                if request is None:
                    yield change, None
                else:
                    self._in_flight[request] = change, time.monotonic()
            yield from self._poll()

    def _ask(self, change: Change) -> str | None:
        """Ask for one account; the id of the request, or None where the account turned out to exist."""
        wanted = _wanted(change)
        tags = [{"Key": key, "Value": value} for key, value in wanted["tags"].items()]
        try:
            answer = self.cloud.call(
                "organizations", "create_account", Email=wanted["email"], AccountName=wanted["name"], Tags=tags
            )
        except Ambiguous as error:
            return self._look_for(change, error)
        return str(answer["CreateAccountStatus"]["Id"])

    def _look_for(self, change: Change, lost: Ambiguous) -> str | None:
        """The request that got no answer, found again within the settle window; else raises."""
        deadline = time.monotonic() + self.timing.settle
        while time.monotonic() < deadline:
            for status in self._requests("IN_PROGRESS"):
                if status["AccountName"] == _wanted(change)["name"]:
                    return str(status["Id"])
            if self._adopt(change):
                return None
            time.sleep(self.timing.poll)
        raise OrgError(
            f"account {change.name}: CreateAccount got no answer and no trace of it was seen for "
            f"{self.timing.settle:.0f} s; it was not sent again, so run once more later ({lost.code})"
        )

    def _adopt(self, change: Change) -> bool:
        """True where our organization has an account with this e-mail, which then is the wanted one."""
        account_id = self._existing().get(_email(change))
        if account_id is not None:
            self.created(change, account_id)
        return account_id is not None

    def _existing(self) -> dict[str, str]:
        """E-mail -> account id of every account of the organization."""
        accounts = self.cloud.pages("organizations", "list_accounts", "Accounts")
        return {account["Email"].casefold(): account["Id"] for account in accounts}

    def _poll(self) -> Iterator[tuple[Change, OrgError | None]]:
        """Look at every request in flight with one list call; describe only those that left the list."""
        if not self._in_flight:
            return
        in_progress = {status["Id"] for status in self._requests("IN_PROGRESS")}
        for request, (change, since) in list(self._in_flight.items()):
            if request in in_progress and time.monotonic() - since < self.timing.creation:
                continue
            try:
                ended = self._ended(request, change, since)
            except OrgError as error:
                del self._in_flight[request]
                yield change, error
                continue
            if ended:
                del self._in_flight[request]
                yield change, None
        if self._in_flight:
            time.sleep(self.timing.poll)

    def _ended(self, request: str, change: Change, since: float) -> bool:
        """True once the account exists; raises where its creation failed or takes too long."""
        status = self.cloud.call("organizations", "describe_create_account_status", CreateAccountRequestId=request)[
            "CreateAccountStatus"
        ]
        if status["State"] == "SUCCEEDED":
            self.created(change, status["AccountId"])
            return True
        if status["State"] == "FAILED":
            return self._failed(change, str(status.get("FailureReason", "unknown")))
        if time.monotonic() - since >= self.timing.creation:
            raise OrgError(f"account {change.name}: AWS is still creating it ({request}); run again to go on")
        return False

    def _failed(self, change: Change, reason: str) -> bool:
        """True where the e-mail is taken by an account of ours; raises the reason otherwise."""
        taken = reason in ("EMAIL_ALREADY_EXISTS", "CONCURRENT_ACCOUNT_MODIFICATION")
        if taken and self._adopt(change):
            return True
        hint = ": the e-mail belongs to an account outside this organization" if taken else ""
        place = change.place
        raise CloudError(place, "CreateAccount", reason, f"AWS could not create account {change.name}{hint}")

    def _requests(self, state: str) -> list[dict[str, Any]]:
        pages = self.cloud.pages("organizations", "list_create_account_status", "CreateAccountStatuses", States=[state])
        return list(pages)


def _email(change: Change) -> str:
    return str((change.after or {})["email"]).casefold()


def _wanted(change: Change) -> dict[str, Any]:
    return dict(change.after or {})
