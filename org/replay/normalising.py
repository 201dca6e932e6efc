"""From the signature of events to the calls that they stand for, one for each action, as lines of a corpus.

Whatever is no decision of a policy is left out, with the reason: events that services made on their own, sign-ins,
calls that were refused before anything could be decided, and callers whom no policy of the organization binds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from org.replay.arns import Home
from org.replay.callers import NOBODY, OF_A_SERVICE, SERVICE_LINKED, Caller, caller, region
from org.replay.context import ROLE, VOUCHED, context
from org.replay.keys import ALWAYS, is_foreign
from org.replay.line import Line, Resource, encode
from org.replay.parameters import HIDDEN, OMITTED, TAGS
from org.replay.plans import plan, takes_tags
from org.replay.service_keys import told
from org.replay.signature import Around
from org.replay.touching import Happened, needs, requested

if TYPE_CHECKING:
    from org.replay.keys import Keys
    from org.replay.line import Texts
    from org.replay.signature import Signature
    from org.replay.touching import Need

API_CALL = "AwsApiCall"
DENIED = re.compile(
    r"(client\.|server\.)?(access_?denied\w*|unauthorized\w*|authorizationerror\w*|notauthorized\w*|forbidden\w*"
    r"|optinrequired|authfailure|expiredtoken\w*|invalidclienttokenid\w*|signaturedoesnotmatch\w*|unrecognizedclient\w*"
    r"|missingauthenticationtoken\w*|invalidaccesskeyid\w*|requestexpired|incompletesignature\w*|invalidsignature\w*"
    r"|allaccessdisabled|invalidtoken|requesttimetooskewed)",
    re.IGNORECASE,
)
"""Error codes of calls that were not allowed, or not known to be anybody's.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

NO_API_CALL = "no_api_call"
ALREADY_DENIED = "already_denied"
NO_ACTION = "no_action"
SKIPPED = (ALREADY_DENIED, NO_ACTION, NO_API_CALL, NOBODY, OF_A_SERVICE, SERVICE_LINKED)
"""Why an event is left out."""


class Normaliser:
    """Makes the lines of a corpus that keeps the given keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._plan = lru_cache(maxsize=8192)(lambda source, name: plan(source, name, keys))
        self._context = lru_cache(maxsize=8192)(self._kept_context)

    def lines(self, call: Signature) -> str | list[bytes]:
        """The calls of a signature as JSON, without count and times; or why its events are left out."""
        if call.event_type not in (API_CALL, None):
            return NO_API_CALL
        if call.error and DENIED.fullmatch(call.error):
            return ALREADY_DENIED
        around = Around._make(call.around)
        who = caller(call, around)
        if isinstance(who, str):
            return who
        found = self._plan(call.source, call.name)
        if not found.actions:
            return NO_ACTION
        home = Home(who.partition, region(around) or "", who.home)
        values = dict(call.parameters)
        event = Happened(found.event, found.service, values, call.resources, home, who.principal, around)
        return [self._line(need, who, event) for need in needs(found.actions, event)]

    def _kept_context(self, around: Around) -> tuple[dict[str, Texts], list[str]]:
        known, unknown = context(around._replace(region=region(around)))
        kept: dict[str, Texts] = {key: value for key, value in known.items() if key in self._keys}
        if around.kind == ROLE or around.kind in VOUCHED:
            unknown |= {key for key in self._keys.names if is_foreign(key)}
        return kept, sorted(key for key in unknown if self._keys.meets(key) or key in ALWAYS)

    def _line(self, need: Need, who: Caller, event: Happened) -> bytes:
        kept, unknown = self._context(event.around)
        known, absent = self._of_action(need, who, event)
        if ":assumed-role/" in who.principal:
            unknown = sorted({*unknown, "aws:principalarn"})
        return encode(
            Line(
                need.action,
                who.principal,
                event.around.kind or "",
                who.account,
                [self._kept(resource) for resource in need.resources],
                dict(sorted({**kept, **known}.items())) if known else kept,
                unknown,
                sorted(absent),
            )
        )

    def _kept(self, resource: Resource) -> Resource:
        """The resource with the keys that are kept."""
        if not resource.context and not resource.absent:
            return resource
        known = {key: value for key, value in sorted(resource.context.items()) if key in self._keys}
        absent = [key for key in resource.absent if self._keys.meets(key)]
        return Resource(resource.arn, resource.after, resource.type, resource.account, known, absent)

    def _of_action(self, need: Need, who: Caller, event: Happened) -> tuple[dict[str, Texts], set[str]]:
        """The keys that the action alone has, and those that it could have and has not."""
        known, absent = dict(need.context), set()
        if OMITTED not in event.values:
            for one in told(need.action):
                texts = event.values.get(one.parameter, ())
                if texts and texts[0] != HIDDEN and (one.missing != "true" or texts[0] == "true"):
                    known[one.key] = texts[0]
                elif not texts and one.missing == "-":
                    absent.add(one.key)
            if takes_tags(need.action) and (event.service != "ec2" or event.name == "CreateTags"):
                tags, none = requested(_pairs(event.values.get(TAGS, ())))
                known |= tags
                absent.update(none)
        service = need.action.partition(":")[0]
        if service == "kms":
            known |= {"kms:calleraccount": who.account} if who.account else {}
            absent |= {"kms:viaservice"} if event.around.invoked_by is None else set()
        if service == "ec2" and event.home.region:
            known["ec2:region"] = event.home.region
        if need.action == "ec2:CreateTags" and not need.context:
            absent.add("ec2:createaction")
        kept = {key: value for key, value in known.items() if value and key in self._keys}
        return kept, {key for key in absent if self._keys.meets(key)}


def _pairs(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Key and value of each tag; the type of the resource, which only EC2 names, is left out."""
    return tuple((key, value) for _, key, value in (text.split("\n") for text in texts))
