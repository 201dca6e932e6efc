"""Which secret is meant: by its ARN, by an ARN without the last characters, or by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

ARN = re.compile(r"arn:[a-z-]+:secretsmanager:([a-z0-9-]+):(\d{12}):secret:(.+)", re.DOTALL)
SUFFIX = re.compile(r"(.+)-[A-Za-z0-9]{6}", re.DOTALL)
"""The hyphen and the six characters that Secrets Manager adds to a name."""
REFUSED_RESOURCE = re.compile(r" on resource: (arn:[a-z-]+:secretsmanager:\S+)")
"""How AWS names the resource in the text of a refusal, whose event may have no parameters."""


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A secret by its name in an account and a Region. Without a name it stands for all that fit `filters`.

    What is there again under the name of a deleted secret is the same one here.
    """

    account: str
    region: str
    name: str
    filters: str = ""

    def __str__(self) -> str:
        return f"{self.name or f'any secret with {self.filters}'} in {self.account} {self.region}"


def secret(text: str, account: str, region: str) -> tuple[Secret, str]:
    """The secret that the text means in an account and a Region, and its ARN; "" where that is not known in full.

    A name never leads into another account, an ARN says which it is.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    parts = ARN.fullmatch(text)
    if not parts:
        return Secret(account, region, text), ""
    whole = SUFFIX.fullmatch(parts[3])
    return Secret(parts[2], parts[1], whole[1] if whole else parts[3]), text if whole else ""


def refused(message: str) -> str:
    """The ARN in the text of a refusal, "" where it has none."""
    found = REFUSED_RESOURCE.search(message)
    return found[1].rstrip(".,;") if found else ""
