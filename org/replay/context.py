"""The global condition keys of a call: what the log says of them, which of them it leaves open.

A key that is neither in the context nor unknown is absent, which is a claim of its own: a call that came through no VPC
endpoint has none of the keys of one. What CloudTrail does not record is unknown and never guessed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.replay.signature import Around

Known = dict[str, str]
Open = set[str]

USER, ROLE, ROOT, FEDERATED, ACCOUNT = "IAMUser", "AssumedRole", "Root", "FederatedUser", "AWSAccount"
VOUCHED = frozenset(("WebIdentityUser", "SAMLUser"))
"""Callers who have no identity in AWS yet, and ask for one."""
OF_SERVICES = (
    "aws:chatbotsourcearn",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "glue:credentialissuingservice",
    "glue:roleassumedby",
    "identitystore:userid",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
)
"""Keys of sessions that a service made, which the log does not tell from others."""


def context(around: Around) -> tuple[Known, Open]:
    """The keys with a value, and the keys that nobody knows; a `*` at the end stands for all that begin so."""
    known: Known = {}
    unknown: Open = {"aws:referer"}
    for tell in PARTS:
        tell(around, known, unknown)
    return dict(sorted(known.items())), unknown - set(known)


def _said(known: Known, unknown: Open, key: str, value: str | None) -> None:
    """The key has that value; where there is none, nobody knows it."""
    if value:
        known[key] = value
    else:
        unknown.add(key)


def _place(call: Around, known: Known, unknown: Open) -> None:
    _said(known, unknown, "aws:requestedregion", call.region)
    _said(known, unknown, "aws:useragent", call.agent)
    _said(known, unknown, "aws:securetransport", "true" if call.tls else None)
    _said(known, unknown, "aws:currenttime", call.time)
    _said(known, unknown, "aws:epochtime", epoch(call.time) if call.time else None)


def _network(call: Around, known: Known, unknown: Open) -> None:
    """Without an endpoint the keys of one are absent, and the address is the caller's, if it is an address at all."""
    address = call.ip if call.ip and _is_address(call.ip) else None
    if call.vpce is None:
        _said(known, unknown, "aws:sourceip", address)
        return
    known["aws:sourcevpce"] = call.vpce
    _said(known, unknown, "aws:vpcsourceip", address)
    _said(known, unknown, "aws:vpceaccount", call.vpce_account)
    unknown.update(("aws:sourcevpc", "aws:sourcevpcarn"))
    if not call.vpce_account:
        unknown.update(("aws:vpceorgid", "aws:vpceorgpaths"))


def _via(call: Around, known: Known, unknown: Open) -> None:
    """Users and root users are never assumed by a service, so a service that calls for them passes their call on.

    For a role it may as well be the service's own use of it, which the log does not tell apart.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html (invokedBy)
    """
    if call.invoked_by is None:
        known["aws:viaawsservice"] = "false"
        return
    unknown.update(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"))
    unknown.update(("aws:calledviaawsmcp", "aws:ismcpserviceaction", "aws:viaawsmcpservice"))
    _said(known, unknown, "aws:viaawsservice", "true" if call.kind in (USER, ROOT) else None)


def _session(call: Around, known: Known, unknown: Open) -> None:
    """Long-term keys have none of the keys of temporary credentials (rule 54)."""
    if not call.temporary:
        return
    mfa = _word(call.mfa)
    _said(known, unknown, "aws:multifactorauthpresent", mfa)
    if mfa != "false":
        unknown.add("aws:multifactorauthage")
    _said(known, unknown, "aws:tokenissuetime", call.issued)
    unknown.add("aws:signinsessionarn")
    if call.source_identity:
        known["aws:sourceidentity"] = call.source_identity
    if _word(call.assumed_root) == "true":
        known["aws:assumedroot"] = "true"
    if call.kind == ROLE:
        unknown.update(OF_SERVICES)
        _said(known, unknown, "aws:federatedprovider", call.federated)
    elif call.kind == FEDERATED:
        unknown.add("aws:federatedprovider")
    if call.delivery:
        known["ec2:roledelivery"] = call.delivery
        unknown.update(("aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn"))


def _identity(call: Around, known: Known, unknown: Open) -> None:
    if call.kind in VOUCHED:
        provider = (call.provider or "").rpartition("oidc-provider/")[2]
        unknown.add("saml:*" if call.kind == "SAMLUser" or not provider else f"{provider.lower()}:*")
        return
    _said(known, unknown, "aws:userid", call.user_id)
    if call.kind != ROOT:
        unknown.add("aws:principaltag/*")
    if call.kind == ACCOUNT:
        unknown.update(("aws:principalarn", "aws:principaltype", "aws:username"))
        unknown.update(("aws:federatedprovider", "aws:multifactorauthpresent", "aws:multifactorauthage"))
        unknown.update(("aws:sourceidentity", "aws:tokenissuetime", "aws:assumedroot", "aws:signinsessionarn"))
        unknown.update(("ec2:roledelivery", "ec2:sourceinstancearn", *OF_SERVICES))


PARTS: tuple[Callable[[Around, Known, Open], None], ...] = (_place, _network, _via, _session, _identity)


def _word(flag: str | bool | None) -> str | None:
    """`true` or `false`, however it is written; None for anything else."""
    word = str(flag).lower()
    return word if word in ("true", "false") else None


@lru_cache(maxsize=4096)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def epoch(moment: str) -> str | None:
    """Seconds since 1970; None for a text that is no moment."""
    try:
        return str(int(datetime.datetime.fromisoformat(moment).timestamp()))
    except ValueError:
        return None
