"""What accounts.yaml says of how policies are made: their quotas."""

from __future__ import annotations

import pytest

from tests.load.complete import loaded, told


def test_quotas_of_policies_are_as_declared_and_whole_numbers() -> None:
    organization = loaded(
        "organization:\n  policy_quotas: {SERVICE_CONTROL_POLICY: {characters: 5120.0, attached: 5}, TAG_POLICY: {}}\n"
    ).organization
    assert organization
    quotas = organization.policy_quotas
    assert {"SERVICE_CONTROL_POLICY": {"characters": 5120, "attached": 5}, "TAG_POLICY": {}} == quotas
    assert isinstance(quotas["SERVICE_CONTROL_POLICY"]["characters"], int)
    without = loaded("").organization
    assert without
    assert {} == without.policy_quotas


@pytest.mark.parametrize(
    ("quotas", "expected", "help"),
    [
        (
            "{SERVICE_CONTROL_POLICIES: {characters: 1}}",
            ("ORG020", "SERVICE_CONTROL_POLICIES", "unknown key `SERVICE_CONTROL_POLICIES`"),
            "did you mean `SERVICE_CONTROL_POLICY`?",
        ),
        (
            "{TAG_POLICY: {character: 1}}",
            ("ORG020", "character", "unknown key `character`"),
            "did you mean `characters`?",
        ),
        (
            "{TAG_POLICY: {attached: many}}",
            ("ORG022", "many", "`attached` must be a whole number, not the text `many`"),
            "how many policies one root, unit or account may carry, AWS's own included, for instance `5`",
        ),
        (
            "{TAG_POLICY: {characters: 0}}",
            ("ORG023", "0", "`characters` is less than 1"),
            "the characters that one document may have, for instance `5120`",
        ),
    ],
)
def test_a_wrong_quota_is_pointed_at(quotas: str, expected: tuple[str, str, str], help: str) -> None:
    piece = f"organization:\n  policy_quotas: {quotas}\n"
    assert [expected] == told(piece)
    assert [help] == [finding.help for finding in loaded(piece).findings]
