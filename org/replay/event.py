"""A CloudTrail event, as far as requests are made of it: only these fields are decoded, whatever else an event holds.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html and
.../cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType, field, json

Text = str | None
NOTHING = Raw(b"null")
Flag = str | bool | None
"""CloudTrail writes truths as words in some places and as such in others."""


class Issuer(Struct, gc=False):
    """The role or the user behind a session."""

    arn: Text = None


class Attributes(Struct, rename="camel", gc=False):
    """What is known of a session since it began."""

    mfa_authenticated: Flag = None
    creation_date: Text = None


class Provider(Struct, rename="camel", gc=False):
    """Who vouched for a federated session."""

    federated_provider: Text = None


class Session(Struct, rename="camel", gc=False):
    """What is known of temporary credentials."""

    session_issuer: Issuer | None = None
    attributes: Attributes | None = None
    source_identity: Text = None
    ec2_role_delivery: Text = None
    assumed_root: Flag = None
    web_id_federation_data: Provider | None = None


class Identity(Struct, rename="camel", gc=False):
    """Who called."""

    type: Text = None
    arn: Text = None
    account_id: Text = None
    principal_id: Text = None
    invoked_by: Text = None
    identity_provider: Text = None
    session_context: Session | None = None


class Resource(Struct, gc=False):
    """A resource that the event names."""

    arn: Text = field(default=None, name="ARN")
    account: Text = field(default=None, name="accountId")


class Plain(Struct, rename="camel", gc=False):
    """What an event says of itself in plain words.

    What the query of `org.replay.query` writes has the shape of an event too: it stands for `condensed` of them, the
    last at `last_time`.
    """

    event_source: str = ""
    event_name: str = ""
    event_time: str = ""
    event_id: str = field(default="", name="eventID")
    event_type: Text = None
    aws_region: Text = None
    error_code: Text = None
    recipient_account_id: Text = None
    source_ip: Text = field(default=None, name="sourceIPAddress")
    user_agent: Text = None
    vpc_endpoint_id: Text = None
    vpc_endpoint_account_id: Text = None
    request_parameters: Raw = NOTHING
    tls_details: Raw = NOTHING
    text: str | UnsetType = field(default=UNSET, name="CloudTrailEvent")
    condensed: int = 1
    last_time: str = field(default="", name="lastTime")


class Event(Plain, rename="camel", gc=False):
    """One event, or what events come wrapped in.

    EventBridge wraps an event in `detail`, `aws cloudtrail lookup-events` gives its text in `CloudTrailEvent`, and a
    line may hold the `Records` of a whole file.
    """

    error_message: Text = None
    user_identity: Identity | None = None
    resources: list[Resource] | None = None
    detail: Event | UnsetType = UNSET
    records: list[Event] | UnsetType = field(default=UNSET, name="Records")


class Sketch(Plain, rename="camel", gc=False):
    """The same with its objects left as they are written: most of them were seen before."""

    user_identity: Raw = NOTHING
    resources: Raw = NOTHING
    detail: Sketch | UnsetType = UNSET
    records: list[Sketch] | UnsetType = field(default=UNSET, name="Records")


Shape = TypeVar("Shape", Event, Sketch)


class Form(NamedTuple, Generic[Shape]):
    """How events are decoded: one of them, and a list."""

    one: json.Decoder[Shape]
    many: json.Decoder[list[Shape]]


EVENT = json.Decoder(Event)
EVENTS = json.Decoder(list[Event])
WHOLE: Form[Event] = Form(EVENT, EVENTS)
SKETCHED: Form[Sketch] = Form(json.Decoder(Sketch), json.Decoder(list[Sketch]))
IDENTITY = json.Decoder(Identity | None)
RESOURCES = json.Decoder(list[Resource] | None)
PARAMETERS = json.Decoder()
