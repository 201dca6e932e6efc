"""What an event says in its `requestParameters`, as far as somebody asked for it, in one flat form.

Services write their parameters in many ways: `{"items": [...]}` in EC2, an object `...Request` around everything in
others, names beginning small or large. Here a parameter is a name of small letters and digits with texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from org.replay.event import PARAMETERS
from org.replay.records import REFUSED

MOST = 1000
"""Values of one parameter that count, and what a single call may name in any service."""
LONGEST = 2048
"""Characters of a value: longer than any name, ARN or tag."""
LONGEST_NAME = 64
"""Characters of a parameter's name that is looked at."""
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
OMITTED = "omitted"
"""CloudTrail leaves out parameters that would make an event too large, and says so in a parameter of this name.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""
IDS = "#ids"
TAGS = "#tags"
"""Names under which ids of EC2 and tags are found; no parameter is called so."""
TAGGED = frozenset(("tags", "tagset", "taglist", "tagslist", "tagspecifications", "tagspecificationset"))
EC2_ID = re.compile(rb'"([a-z]{1,12}(?:-[a-z]{1,12}){0,3}-(?:[0-9a-f]{17}|[0-9a-f]{8}))"')

Gathered = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Wanted:
    """Which parameters of an event are asked for: names at the top, paths below, ARNs, ids of EC2, keys of tags.

    `tags` are keys of tags in small letters, or `*` for all.
    """

    names: frozenset[str] = frozenset()
    paths: frozenset[tuple[str, ...]] = frozenset()
    arns: bool = False
    ids: bool = False
    tags: frozenset[str] = frozenset()

    @cached_property
    def anything(self) -> bool:
        """True where something is asked for."""
        return bool(self.names or self.paths or self.arns or self.ids or self.tags)

    @cached_property
    def heads(self) -> frozenset[str]:
        """The names at the top that a path begins with."""
        return frozenset(path[0] for path in self.paths)


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """The name in small letters and digits."""
    return "".join(one for one in name.lower() if one.isalnum())


def path(parameter: str) -> str:
    """A parameter such as `target.roleArn` as `gather` spells it."""
    return ".".join(map(plain, parameter.split(".")))


def gather(wanted: Wanted, raw: bytes) -> Gathered:
    """What is asked for and there, sorted; each parameter once, with its values in their order.

    One that holds something other than texts has one empty text.
    """
    try:
        content = PARAMETERS.decode(raw)
    except REFUSED:
        return ((OMITTED, ("true",)),)
    if content is None:
        return ()
    if not isinstance(content, dict):
        return ((OMITTED, ("true",)),)
    if len(content) == 1:
        [(name, inner)] = content.items()
        content = inner if name.endswith("Request") and isinstance(inner, dict) else content
    found = dict(_asked(wanted, content))
    if wanted.ids:
        ids = dict.fromkeys(one.decode("ascii") for one in EC2_ID.findall(raw))
        found |= {IDS: tuple(ids)[:MOST]} if ids else {}
    return tuple(sorted(found.items()))


def _asked(wanted: Wanted, content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    names, heads, arns = wanted.names, wanted.heads, ("arn", "arns") if wanted.arns else ()
    for name, value in content.items():
        known = plain(name) if len(name) <= LONGEST_NAME else ""
        if known in names or known.endswith(arns) or known == OMITTED:
            texts = tuple(_texts(value))[:MOST]
            if texts or value:
                yield known, texts or ("",)
        if known in heads:
            yield from _below(wanted, known, value)
        if wanted.tags and known in TAGGED:
            yield TAGS, tuple(_tags(value, wanted.tags))[:MOST]


def _below(wanted: Wanted, known: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path in sorted(path for path in wanted.paths if path[0] == known):
        texts = tuple(text for one in _walk(value, path[1:]) for text in _texts(one))[:MOST]
        if texts:
            yield ".".join(path), texts


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What lies at the end of the path; a list on the way stands for each of its elements."""
    if isinstance(value, list):
        for one in value[:MOST]:
            yield from _walk(one, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if plain(name) == path[0]:
                yield from _walk(one, path[1:])


def _texts(value: Any) -> Iterator[str]:
    """The texts of a scalar, of a list, or of EC2's `{"items": [...]}`."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        if len(value) <= LONGEST:
            yield value
    elif isinstance(value, int | float):
        yield repr(value)
    elif isinstance(value, list):
        for one in value[:MOST]:
            if not isinstance(one, list | dict):
                yield from _texts(one)
    elif isinstance(value, dict) and isinstance(value.get("items"), list):
        yield from _texts(value["items"])


def _tags(value: Any, keys: frozenset[str], kind: str = "") -> Iterator[str]:
    """Each tag as one text: the type of the resource that gets it, the key and the value, with a line break between.

    The value is there only where the key is asked for.
    """
    if isinstance(value, list):
        for one in value[:MOST]:
            yield from _tags(one, keys, kind)
    elif isinstance(value, dict):
        fields = {plain(name): one for name, one in value.items()}
        of = fields.get("resourcetype", kind)
        inner = next((fields[name] for name in ("items", "tags", "tag") if name in fields), None)
        key = next((fields[name] for name in ("key", "tagkey") if name in fields), None)
        if isinstance(inner, list | dict):
            yield from _tags(inner, keys, of if isinstance(of, str) else "")
        elif isinstance(key, str):
            yield _tag(kind, key, fields.get("value", fields.get("tagvalue")), keys)
        elif key is None:
            for name, one in value.items():
                yield _tag(kind, name, one, keys)


def _tag(kind: str, key: str, value: Any, keys: frozenset[str]) -> str:
    shown = value if isinstance(value, str) and ("*" in keys or key.lower() in keys) else ""
    return "\n".join(one[:LONGEST].replace("\n", " ") for one in (kind, key, shown))
