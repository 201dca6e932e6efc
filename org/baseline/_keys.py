"""Whether two names of a KMS key, an alias, an id or an ARN, stand for one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.errors import Missing

if TYPE_CHECKING:
    from org.aws.cloud import Cloud


class Keys:
    """The keys behind the declared aliases of one place; each is asked for once, and only where it matters."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._targets: dict[str, str] = {}

    def by_its_name(self, found: str, declared: str | None) -> str:
        """The name of a key that was found: the declared one where it stands for that key, else as it is."""
        if declared is None or found == declared or found.startswith("alias/aws/"):
            return found
        if found.endswith(f":{declared}") or self._target(declared) == found.rpartition("/")[2]:
            return declared
        return found

    def _target(self, declared: str) -> str:
        """The id of the key behind an alias or in an ARN; empty where the alias stands for none."""
        if not declared.startswith("alias/"):
            return declared.rpartition("/")[2]
        if declared not in self._targets:
            try:
                about = self._cloud.call("kms", "describe_key", KeyId=declared)
                self._targets[declared] = about["KeyMetadata"]["KeyId"]
            except Missing:
                self._targets[declared] = ""
        return self._targets[declared]
