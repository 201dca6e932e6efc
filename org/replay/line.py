"""One line of a corpus as it is written: what a call is, then how often and when."""

from __future__ import annotations

from msgspec import Struct, field, json

Texts = str | list[str]


class Resource(Struct, omit_defaults=True, frozen=True):
    """One resource of a call.

    With `after`, `arn` is what the resource's ARN begins with and `after` what it ends with; the part between is not in
    the log. `arn` is null where nothing is known of it. `context` and `absent` are keys of this resource alone.
    """

    arn: str | None
    after: str | None = None
    type: str = ""
    account: str | None = None
    context: dict[str, Texts] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


class Line(Struct, omit_defaults=True, frozen=True):
    """The call; see `org.replay.call.Call` for what the fields mean."""

    action: str
    principal: str
    kind: str
    account: str | None
    resources: list[Resource]
    context: dict[str, Texts] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


class Counted(Line, frozen=True, kw_only=True):
    """The call with how often it was made, when first and last, and the id of the first of its events."""

    count: int
    first: str
    last: str
    event: str


LINE = json.Decoder(Counted)
encode = json.Encoder().encode
