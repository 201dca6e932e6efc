"""The signature of an event: everything in it that a request can be made of, and nothing that tells two calls apart.

This is what runs for every event; all thinking is left for the distinct signatures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from org.replay.event import Identity
from org.replay.parameters import gather
from org.replay.plans import plan

if TYPE_CHECKING:
    from msgspec import Raw

    from org.replay.event import Event, Session
    from org.replay.keys import Keys
    from org.replay.parameters import Gathered, Wanted

NULL = b"null"
MOST_PLANS = 20_000
"""Names of events whose plans are remembered: more than AWS has, fewer than an attacker could make up."""
MOST_SEEN, LONGEST_SEEN = 8_192, 1_024
"""Parameters that are remembered, and how many bytes of JSON they have at most."""
NOBODY = Identity()


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


def signer(keys: Keys) -> Callable[[Event], tuple[Any, ...]]:
    """What gives the signature of an event, as a plain tuple in the order of `Signature`."""
    keeps_ip = "aws:sourceip" in keys or "aws:vpcsourceip" in keys
    keeps_agent, keeps_id = "aws:useragent" in keys, "aws:userid" in keys
    keeps_issued, keeps_identity = "aws:tokenissuetime" in keys, "aws:sourceidentity" in keys
    keeps_time = "aws:currenttime" in keys or "aws:epochtime" in keys
    gathered_of = _gatherer(keys)

    def signature(event: Event) -> tuple[Any, ...]:
        source, name = event.event_source, event.event_name
        who = event.user_identity or NOBODY
        session = who.session_context
        listed = event.resources
        return (
            event.event_type,
            source,
            name,
            event.error_code,
            behind(who) if who.type == "AssumedRole" else who.arn,
            who.account_id,
            event.recipient_account_id,
            tuple([(one.arn, one.account) for one in listed]) if listed else (),
            gathered_of(source, name, event.request_parameters),
            (
                event.aws_region,
                who.type,
                who.identity_provider,
                who.invoked_by,
                session is not None,
                *(_of_session(session) if session is not None else NO_SESSION),
                event.vpc_endpoint_id,
                event.vpc_endpoint_account_id,
                bytes(event.tls_details) != NULL,
                event.source_ip if keeps_ip else None,
                event.user_agent if keeps_agent else None,
                who.principal_id if keeps_id else None,
                _issued(session) if keeps_issued else None,
                session.source_identity if keeps_identity and session is not None else None,
                event.event_time if keeps_time else None,
            ),
        )

    return signature


def _gatherer(keys: Keys) -> Callable[[str, str, Raw], Gathered]:
    """What gives the parameters of an event that its plan asks for; the same parameters come again and again."""
    plans: dict[tuple[str, str], tuple[Wanted, dict[bytes, Gathered]]] = {}
    kept = 0

    def gathered(source: str, name: str, parameters: Raw) -> Gathered:
        nonlocal kept
        known = plans.get((source, name))
        if known is None:
            if len(plans) >= MOST_PLANS:
                plans.clear()
            known = plans[source, name] = (plan(source, name, keys).wanted, {})
        wanted, seen = known
        if not wanted.anything:
            return ()
        raw = bytes(parameters)
        found = seen.get(raw)
        if found is None:
            found = gather(wanted, raw)
            if len(raw) <= LONGEST_SEEN:
                kept += 1
                if kept > MOST_SEEN:
                    for _, memo in plans.values():
                        memo.clear()
                    kept = 1
                seen[raw] = found
        return found

    return gathered


NO_SESSION = (None, None, None, None)


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


def _issued(session: Session | None) -> str | None:
    return session.attributes.creation_date if session is not None and session.attributes is not None else None
