"""The page about roles says what is so."""

from __future__ import annotations

import os
import re

from org.policy.roles import QUOTAS, read, render_role
from tests.roles.test_templates import NAMES, ROLES, ROOT, role

PAGE = ROOT / "docs" / "roles.md"
HEAD = "| role | actions | controls | what it is |\n| --- | --- | --- | --- |\n"


def test_the_table_lists_the_roles_of_the_folder() -> None:
    """`GOLDEN=write` writes the table again."""
    rows = ""
    for name in NAMES:
        template, made = ROLES.templates[name].template, role(name)
        rows += f"| `{name}` | {len(made.allow)} | {', '.join(template.controls)} | {template.title} |\n"
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(HEAD)
    rest = after[after.index("\n\n") + 1 :] if not after.startswith("\n") else after
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(before + HEAD + rows + rest, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == before + HEAD + rows + rest


def test_the_whole_role_on_the_page_works() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    template, findings = read(text.encode(), "invoice-reader.yaml", "invoice-reader")
    assert template
    made, wrong = render_role(template, {"customer": "4711"}, {})
    assert made
    assert ((), (), "arn:aws:s3:::acme-invoices/4711/*") == (
        findings,
        wrong,
        made.documents["permissions"]["Statement"][0]["Resource"],
    )


def test_the_page_knows_every_section_and_its_quota() -> None:
    found = re.findall(
        r"^\| `([a-z]+)` \| .* \| ([\d,]+) characters \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {section: f"{quota:,}" for section, quota in QUOTAS.items()} == dict(found)
