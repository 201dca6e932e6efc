"""The ids behind the names of accounts.yaml, kept up to date while a plan is applied."""

from __future__ import annotations

from dataclasses import dataclass, field

from org.errors import OrgError
from org.model.organization import ROOT, account_reference


@dataclass(slots=True)
class Directory:
    """OU path -> id (the root has the path `ROOT`), account key -> id, policy type and name -> id."""

    units: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    policies: dict[tuple[str, str], str] = field(default_factory=dict)

    def unit(self, path: str) -> str:
        """The id of an OU or the root; raises `OrgError` where it does not exist."""
        return self._known(self.units.get(path), f"organizational unit {path or '/'}")

    def account(self, key: str) -> str:
        """The id of an account; raises `OrgError` where it does not exist."""
        return self._known(self.accounts.get(key), f"account {key}")

    def policy(self, kind: str, name: str) -> str:
        """The id of a policy; raises `OrgError` where it does not exist."""
        return self._known(self.policies.get((kind, name)), f"policy {name}")

    def target(self, reference: str) -> str:
        """The id of the root, OU or account that a node reference names."""
        kind, _, name = reference.partition(":")
        return self.account(name) if f"{kind}:" == account_reference("") else self.unit(ROOT if name == "/" else name)

    @staticmethod
    def _known(found: str | None, what: str) -> str:
        if not found:
            raise OrgError(f"{what} does not exist")
        return found
