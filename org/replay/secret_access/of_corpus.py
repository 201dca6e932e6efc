"""The reads of secrets in a corpus, which leaves out refusals, services and the names of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.replay.secret_access.named import secret
from org.replay.secret_access.reads import Read, Reader, Source, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.replay.call import Call

WAYS = {"secretsmanager:GetSecretValue": Way.READ, "secretsmanager:BatchGetSecretValue": Way.BATCH}


def reads(call: Call) -> Iterator[Read]:
    """Every read that the call stands for."""
    way = WAYS.get(call.action)
    if way is None:
        return
    home, region = call.account or "", _text(call, "aws:requestedregion")
    for touched in call.resources:
        known = (touched.arn or "?").removesuffix("-" if touched.after is not None else "")
        found, arn = secret(known, home, region)
        yield Read(
            way=way,
            secret=found,
            arn=arn,
            reader=Reader(call.principal, home, _text(call, "aws:sourceidentity")),
            unique="",
            source=Source(
                _text(call, "aws:sourceip") or _text(call, "aws:vpcsourceip"),
                _text(call, "aws:sourcevpce"),
                _text(call, "aws:vpceaccount"),
            ),
            service="" if _text(call, "aws:viaawsservice") != "true" else "a service",
            error="",
            ours=home == found.account,
            around=False,
            event=call.event,
            first=call.first,
            last=call.last,
            count=call.count,
        )


def _text(call: Call, key: str) -> str:
    value = call.context.get(key, "")
    return value if isinstance(value, str) else ", ".join(value)
