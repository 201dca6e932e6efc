"""Which condition keys a corpus keeps: those that somebody asks for, because each key makes more calls distinct."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from org.access import actions
from org.access.global_keys import GLOBAL_KEYS
from org.replay.service_keys import all_keys

if TYPE_CHECKING:
    from org.access.document import Document

ALWAYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:username",
    }
)
"""Keys that follow from who calls, what it is about, and what accounts.yaml says; no corpus needs to keep them."""
PERSONAL = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:requesttag/*",
        "aws:sourceidentity",
        "aws:sourceip",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:vpcsourceip",
        "s3:prefix",
        "s3:versionid",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
"""Keys that tell about persons, or that differ from call to call: kept only where a policy reads them."""
VARIABLE = re.compile(r"\$\{([^{},*?$]+)(?:, '[^']*')?\}")


@dataclass(frozen=True)
class Keys:
    """The kept keys, in small letters; one that ends in `*` stands for all that begin so."""

    names: frozenset[str]

    @cached_property
    def _stems(self) -> tuple[str, ...]:
        return tuple(sorted(one[:-1] for one in self.names if one[-1:] == "*"))

    def __contains__(self, key: str) -> bool:
        return key in self.names or (key != "" and key.startswith(self._stems))

    @lru_cache(maxsize=4096)  # noqa: B019 - a run has one or two of these
    def meets(self, pattern: str) -> bool:
        """True where the pattern, a key or the beginning of keys, stands for a kept key."""
        if pattern[-1:] != "*":
            return pattern in self
        stem = pattern[:-1]
        return stem.startswith(self._stems) or any(one.startswith(stem) for one in self.names)

    @property
    def tags(self) -> frozenset[str]:
        """What is kept of requested tags: their keys, `*` for all; a text that is no key where only names are."""
        stem = "aws:requesttag/"
        values = {one.removeprefix(stem) for one in self.names if one.startswith(stem)}
        return frozenset(values or ({"\n"} if "aws:tagkeys" in self else ()))


def is_foreign(key: str) -> bool:
    """True for a key of a provider of identities, such as `saml:sub` or `accounts.google.com:aud`."""
    prefix = key.partition(":")[0]
    return prefix != "aws" and prefix not in actions.services()


def usual() -> Keys:
    """What is kept where nobody says what to keep: everything that the log tells but what is `PERSONAL`."""
    every = {one.lower().replace("${}", "*") for one in GLOBAL_KEYS} | all_keys()
    every |= {"ec2:createaction", "ec2:region", "iam:passedtoservice", "kms:calleraccount", "kms:viaservice"}
    return Keys(frozenset(every - ALWAYS - PERSONAL))


def read_by(documents: Iterable[Document]) -> Keys:
    """The keys that policies read, in conditions and in variables."""
    return Keys(frozenset(key for document in documents for key in keys_of(document)) - ALWAYS)


def plus(keys: Keys, more: Iterable[str]) -> Keys:
    """The keys, and more of them however they are spelt."""
    return Keys(keys.names | ({one.lower() for one in more} - ALWAYS))


@lru_cache(maxsize=4096)
def keys_of(document: Document) -> frozenset[str]:
    """Every key that a policy reads."""
    return frozenset(_keys_of(document))


def _keys_of(document: Document) -> Iterator[str]:
    for statement in document.statements:
        texts = [*statement.resources]
        for test in statement.tests:
            yield test.key
            texts += test.values
        if statement.variables:
            yield from (key.strip().lower() for text in texts for key in VARIABLE.findall(text))
