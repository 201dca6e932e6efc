"""Parameters that hold secrets are SecureStrings under the declared key: reported, by what their names say.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-securestring.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from org.baseline import Component, Where
from org.baseline._keys import Keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things
    from org.model.finding import Finding

SECURE = "SecureString"
SECRET_NAMES = (
    *("*password*", "*passwd*", "*passphrase*", "*secret*", "*token*", "*credential*"),
    *("*api?key*", "*apikey*", "*access?key*", "*accesskey*", "*private?key*", "*privatekey*", "*connection?string*"),
    "*connectionstring*",
)
HARMLESS_NAMES = ("*arn", "*name", "*length", "*ttl", "*url", "*policy", "*enabled")
NAMES = {"type": "array", "uniqueItems": True, "items": {"type": "string", "minLength": 1}}


def read(cloud: Cloud, scope: Scope) -> Things:
    """Every parameter with its type and its key. Values are never asked for."""
    keys = Keys(cloud)
    return {
        one["Name"]: {"type": one["Type"], "key": keys.by_its_name(one.get("KeyId", ""), scope.settings["key"])}
        for one in cloud.pages("ssm", "describe_parameters", "Parameters", MaxResults=50)
    }


def findings(scope: Scope, found: Things) -> Iterable[Finding]:
    """Plain text under a name that sounds like a secret, and SecureStrings under another key."""
    key = scope.settings["key"]
    for name, state in sorted(found.items()):
        if state is None or _fits(name, scope.settings["except"]):
            continue
        if state["type"] != SECURE and sounds_secret(scope, name):
            advice = "make it a SecureString, or a secret of Secrets Manager, and change what it holds: it was readable"
            message = f"parameter `{name}` sounds like a secret and is a {state['type']}, in plain text"
            yield scope.finding("SEC-06", message, advice=advice)
        elif state["type"] == SECURE and key is not None and state["key"] != key:
            message = f"parameter `{name}` is encrypted with `{state['key']}` and not with `{key}`"
            yield scope.finding("SEC-06", message, advice="whoever writes it writes it again with that key")


def sounds_secret(scope: Scope, name: str) -> bool:
    """True where a name is like that of a secret, whatever its case, and not like that of what is about one."""
    return _fits(name.lower(), scope.settings["names"]) and not _fits(name.lower(), HARMLESS_NAMES)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


component = Component(
    name="parameters",
    title="Secrets in Parameter Store",
    description="Parameters in plain text whose names sound like secrets are reported, and SecureStrings under another "
    "key than the declared one. Nothing is changed and no value is read.",
    where=Where.REGION,
    settings={
        "key": {
            "type": ["string", "null"],
            "pattern": "^(alias/.+|arn:.+)$",
            "maxLength": 2048,
            "default": None,
            "description": "The KMS key of SecureStrings, by its alias or the ARN of the key; null takes any.",
            "examples": ["alias/baseline"],
        },
        "names": {
            **NAMES,
            "default": [*SECRET_NAMES],
            "description": "Patterns, in lower case, of names that sound like secrets. Names that end in "
            f"{', '.join(f'`{pattern[1:]}`' for pattern in HARMLESS_NAMES)} do not.",
        },
        "except": {**NAMES, "default": [], "description": "Patterns of names about which nothing is said."},
    },
    reads=("ssm:DescribeParameters", "kms:DescribeKey"),
    read=read,
    findings=findings,
    controls=("SEC-06",),
    after=("kms-keys",),
)
