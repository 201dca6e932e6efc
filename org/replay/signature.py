"""The signature of an event: everything in it that a request can be made of, and nothing that tells two calls apart.

This is what runs for every event; all thinking is left for the distinct signatures. Who called, what is listed and with
which parameters comes again and again, so each is looked at once and has a number from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from org.replay.event import IDENTITY, NOTHING, RESOURCES, Identity
from org.replay.parameters import gather
from org.replay.plans import plan
from org.replay.records import REFUSED

if TYPE_CHECKING:
    from org.replay.event import Session, Sketch
    from org.replay.keys import Keys
    from org.replay.parameters import Gathered, Wanted

NULL = b"null"
MOST_SEEN, LONGEST_SEEN = 16_384, 2_048
"""Objects that are remembered as they are written, and how many bytes each has at most."""
HEAVIEST = 16 << 20
"""Bytes of objects that were looked at, after which it is time to forget."""
LONGEST, LONGEST_NAME = 2_048, 128
"""Characters of a text, and of the name of an event or its source, that anybody could mean."""
BROKEN = -1
"""The number of an object that is not what it has to be."""


class Around(NamedTuple):
    """How a call came about, in the words of CloudTrail: what its global condition keys are made of."""

    region: str | None
    kind: str | None
    provider: str | None
    invoked_by: str | None
    temporary: bool
    mfa: str | bool | None
    delivery: str | None
    assumed_root: str | bool | None
    federated: str | None
    vpce: str | None
    vpce_account: str | None
    tls: bool
    ip: str | None
    agent: str | None
    user_id: str | None
    issued: str | None
    source_identity: str | None
    time: str | None


class Signature(NamedTuple):
    """What is called, and by whom; `principal` is the role behind a session, without the session's name.

    `around` has the fields of `Around`.
    """

    event_type: str | None
    source: str
    name: str
    error: str | None
    principal: str | None
    account: str | None
    recipient: str | None
    resources: tuple[tuple[str | None, str | None], ...]
    parameters: Gathered
    around: tuple[Any, ...]


Signed = tuple[Any, ...]
"""A signature with numbers for objects, which only the signer understands, and only until it forgets."""


class Signer:
    """Makes the signatures of events, for a corpus that keeps the given keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._keeps_ip = "aws:sourceip" in keys or "aws:vpcsourceip" in keys
        self._keeps_agent, self._keeps_id = "aws:useragent" in keys, "aws:userid" in keys
        self._keeps_issued, self._keeps_identity = "aws:tokenissuetime" in keys, "aws:sourceidentity" in keys
        self._keeps_time = "aws:currenttime" in keys or "aws:epochtime" in keys
        self._seen: dict[bytes, int] = {NULL: 0}
        self._plans: dict[tuple[str, str], tuple[Wanted, dict[bytes, int]]] = {}
        self._numbers: dict[Any, int] = {}
        self._things: list[Any] = []
        self.forget()

    def forget(self) -> None:
        """The numbers mean nothing any more, and take no memory."""
        self._things, self._numbers, self._plans = [], {}, {}
        self._weight = 0
        nobody, nothing = self._number(self._who(Identity())), self._number(())
        self._seen = {NULL: nobody}
        self._listed = {NULL: nothing}
        self._nothing = nothing

    @property
    def is_full(self) -> bool:
        """True where it is time to forget."""
        most = max(len(self._things), len(self._seen), len(self._plans))
        return most > MOST_SEEN or self._weight > HEAVIEST

    def sign(self, event: Sketch) -> Signed | None:
        """The signature of an event; None for one whose objects are not what they have to be."""
        raw = bytes(event.user_identity)
        who = self._seen.get(raw)
        if who is None:
            who = self._learn_identity(raw)
        raw = bytes(event.resources)
        listed = self._listed.get(raw)
        if listed is None:
            listed = self._learn_resources(raw)
        source, name = event.event_source, event.event_name
        known = self._plans.get((source, name)) or self._planned(source, name)
        if who < 0 or listed < 0 or known is None:
            return None
        parameters = self._nothing
        if known[0].anything:
            raw = bytes(event.request_parameters)
            found = known[1].get(raw)
            parameters = self._learn_parameters(known, raw) if found is None else found
        return (
            who,
            source,
            name,
            parameters,
            listed,
            event.event_type,
            event.error_code,
            event.aws_region,
            event.recipient_account_id,
            event.vpc_endpoint_id,
            event.vpc_endpoint_account_id,
            event.tls_details != NOTHING,
            event.source_ip if self._keeps_ip else None,
            event.user_agent if self._keeps_agent else None,
            event.event_time if self._keeps_time else None,
        )

    def signature(self, signed: Signed) -> Signature:
        """What a signature says."""
        who, source, name, parameters, listed, kind, error, region, recipient, vpce, owner, tls, ip, agent, time = (
            signed
        )
        principal, account, identity, session, rest = self._things[who]
        around = tuple(map(_short, (region, *identity, *session, vpce, owner, tls, ip, agent, *rest, time)))
        things = self._things
        return Signature(
            kind, source, name, error, principal, account, recipient, things[listed], things[parameters], around
        )

    def _number(self, thing: Any, weight: int = 0) -> int:
        self._weight += weight
        number = self._numbers.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number

    def _planned(self, source: str, name: str) -> tuple[Wanted, dict[bytes, int]] | None:
        if len(source) > LONGEST_NAME or len(name) > LONGEST_NAME:
            return None
        wanted = plan(source, name, self._keys).wanted
        found = self._plans[source, name] = (wanted, {NULL: self._nothing})
        return found

    def _learn_parameters(self, known: tuple[Wanted, dict[bytes, int]], raw: bytes) -> int:
        wanted, seen = known
        number = self._number(gather(wanted, raw), len(raw))
        if len(raw) <= LONGEST_SEEN:
            seen[raw] = number
        return number

    def _learn_resources(self, raw: bytes) -> int:
        try:
            listed = RESOURCES.decode(raw)
        except REFUSED:
            return BROKEN
        number = self._number(tuple((one.arn, one.account) for one in listed or ()), len(raw))
        if len(raw) <= LONGEST_SEEN:
            self._listed[raw] = number
        return number

    def _learn_identity(self, raw: bytes) -> int:
        try:
            who = IDENTITY.decode(raw)
        except REFUSED:
            return BROKEN
        number = self._number(self._who(who or Identity()), len(raw))
        if len(raw) <= LONGEST_SEEN:
            self._seen[raw] = number
        return number

    def _who(self, who: Identity) -> tuple[Any, ...]:
        """Principal and account, and what of `Around` is about who called."""
        session = who.session_context
        attributes = session.attributes if session is not None else None
        return (
            behind(who) if who.type == "AssumedRole" else who.arn,
            who.account_id,
            (who.type, who.identity_provider, who.invoked_by, session is not None),
            _of_session(session) if session is not None else NO_SESSION,
            (
                who.principal_id if self._keeps_id else None,
                attributes.creation_date if self._keeps_issued and attributes is not None else None,
                session.source_identity if self._keeps_identity and session is not None else None,
            ),
        )


NO_SESSION = (None, None, None, None)


def _short(value: Any) -> Any:
    """The value; None for a text that is too long to mean anything."""
    return None if isinstance(value, str) and len(value) > LONGEST else value


def behind(who: Identity) -> str | None:
    """The role behind a session; without the name of the session where the event does not know the role's path."""
    session = who.session_context
    issuer = session.session_issuer if session is not None else None
    if issuer is not None and issuer.arn:
        return issuer.arn
    return "/".join(who.arn.split("/")[:2]) if who.arn else None


def _of_session(session: Session) -> tuple[Any, ...]:
    attributes, web = session.attributes, session.web_id_federation_data
    return (
        attributes.mfa_authenticated if attributes is not None else None,
        session.ec2_role_delivery,
        session.assumed_root,
        web.federated_provider if web is not None else None,
    )
