"""The pages about templates say what is so."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from org.model.organization import Organization
from org.model.policy import PolicyUse
from org.policy import library, lint, render
from org.policy.parameters import KEYWORDS
from org.policy.reference import NAMES
from org.policy.rules import RULES
from org.policy.template import KINDS, NODES
from tests.policy.conftest import ROOT
from tests.policy.test_shipped import LIBRARY

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "policy-templates.md"
RULES_OF_ACCOUNTS_YAML = {"ORG036", "ORG054"}


def table() -> str:
    folders = {kind: folder for folder, kind in KINDS.items()}
    rows = [
        f"| `{name}` | {folders[template.kind]} | {', '.join(template.controls)} | {template.title} |"
        for name, template in sorted(LIBRARY.templates.items())
    ]
    return "".join(f"{row}\n" for row in rows)


def test_the_table_lists_the_templates_of_the_folder() -> None:
    """`GOLDEN=write` writes the table again."""
    text = PAGE.read_text()
    head = "| template | kind | controls | what then holds |\n| --- | --- | --- | --- |\n"
    before, found, after = text.partition(head)
    rows, _, rest = after.partition("\n## ")
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(f"{before}{head}{table()}\n## {rest}")
        return
    assert found
    assert rows == table()


def bundles() -> str:
    rows = []
    for name, bundle in sorted(LIBRARY.bundles.items()):
        members = ", ".join(f"`{member}`" for _, member, _ in bundle.members())
        rows.append(f"| `{name}` | {bundle.title} | {members} |\n")
    return "".join(rows)


def test_the_table_lists_the_bundles_of_the_folder() -> None:
    """`GOLDEN=write` writes the table again."""
    text = PAGE.read_text()
    head = "| bundle | what then holds | templates |\n| --- | --- | --- |\n"
    before, found, after = text.partition(head)
    rows, _, rest = after.partition("\nA bundle of your own")
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(f"{before}{head}{bundles()}\nA bundle of your own{rest}")
        return
    assert found
    assert rows == bundles()


def test_the_bundle_on_the_page_works(tmp_path: Path) -> None:
    ((name, text),) = re.findall(
        r"^```yaml\n# scps/bundle/([a-z-]+)\.yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / f"{name}.yaml").write_text(text)
    found = library([tmp_path, ROOT / "scps"])
    rendered = render(Organization(regions=("eu-west-1",), policy_uses=(PolicyUse(name, "ou:/"),)), found)
    assert (found.findings, rendered.findings) == ((), ())
    assert [policy.name for policy in rendered.policies] == ["daily-backups", "protect-databases"]


def test_the_template_on_the_page_works(tmp_path: Path) -> None:
    example = re.findall(r"^```yaml\n# scps/scp/([a-z-]+)\.yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    ((name, text),) = example
    (tmp_path / "scp").mkdir()
    (tmp_path / "scp" / f"{name}.yaml").write_text(text)
    found = library([tmp_path])
    rendered = render(Organization(policy_uses=(PolicyUse(name, "ou:/"),)), found)
    assert (found.findings, rendered.findings) == ((), ())
    assert rendered.policies[0].document["Statement"][0]["Resource"] == ["arn:aws:s3:::log-*"]


def test_the_template_on_the_page_exempts_what_every_shipped_template_can_exempt(tmp_path: Path) -> None:
    """The tests of all shipped templates name a role with a path; a copy of the page's template passes them too."""
    ((name, text),) = re.findall(
        r"^```yaml\n# scps/scp/([a-z-]+)\.yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "scp").mkdir()
    (tmp_path / "scp" / f"{name}.yaml").write_text(text)
    use = PolicyUse(name, "ou:/", {"exempt_roles": ["team/deployer"]})
    assert () == render(Organization(policy_uses=(use,)), library([tmp_path])).findings


def test_how_to_add_a_template_names_every_file_that_its_tests_read() -> None:
    recipe = (ROOT / "CONTRIBUTING.md").read_text().partition("### Add a policy template")[2].partition("\n### ")[0]
    for word in ("GOLDEN=write", "tests/cases/policies/NAME.json", "tests/cases/policies/decisions/scp.jsonl"):
        assert word in recipe


@pytest.mark.parametrize("word", [*NODES, *KEYWORDS, *NAMES])
def test_every_word_of_the_language_is_on_the_page(word: str) -> None:
    assert re.search(rf"`{{?{re.escape(word)}\b", PAGE.read_text())


def test_every_rule_that_is_given_can_be_explained() -> None:
    given = {
        rule for file in (ROOT / "org" / "policy").glob("*.py") for rule in re.findall(r'"(ORG\d+)"', file.read_text())
    }
    of_documents = {rule.id for rule in lint.rules()}
    assert given - of_documents == {rule.id for rule in RULES} | RULES_OF_ACCOUNTS_YAML
