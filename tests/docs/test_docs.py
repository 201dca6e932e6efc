"""A claim in the documentation is a test: commands exist, exit codes are right, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from org import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes.d").glob("*.md")])
KINDS = {"added", "changed", "fixed", "removed", "security"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def commands() -> dict[str, click.Command]:
    """Every command by its name; those of a group by both names."""
    return dict(below(cli.org))


def below(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix}{name}", command
        if isinstance(command, click.Group):
            yield from below(command, f"{prefix}{name} ")


def code(page: Path) -> str:
    """Everything on a page that is set as code."""
    return "\n".join(CODE.findall(text(page)))


def in_code(pattern: str) -> list[tuple[str, str]]:
    """The page and the match of each place in code where a pattern matches."""
    return [(page.name, match) for page in PAGES for match in re.findall(pattern, code(page), re.MULTILINE)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as repository hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_every_command_is_documented() -> None:
    assert [] == [name for name in commands() if not in_code(rf"\borg ({name})\b")]


def test_every_command_says_what_it_does() -> None:
    assert [] == [name for name, command in commands().items() if not command.get_short_help_str()]


def test_every_option_has_help() -> None:
    options = [
        (name, option)
        for name, command in commands().items()
        for option in command.params
        if isinstance(option, click.Option)
    ]
    assert [] == [f"{name} {option.opts[0]}" for name, option in options if not option.help]


def test_every_org_command_in_the_docs_exists() -> None:
    written = in_code(r"(?:^|[`$] ?|&& |\| |bin/)org ([a-z]+)\b")
    assert [] == [(page, name) for page, name in written if name not in commands()]


def test_every_option_in_the_docs_exists() -> None:
    written = in_code(r"(?:^|[`$] ?|&& |\| |bin/)org ([a-z]+\b[^\n`|]*)")
    wrong = []
    for page, line in written:
        name, *words = re.split(r" --exec | -- ", line)[0].split()
        command = commands().get(f"{name} {words[0] if words else ''}", commands()[name])
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        wrong += [
            (page, line) for word in words if word.startswith("--") and word.partition("=")[0] not in known | {"--help"}
        ]
    assert [] == wrong


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    assert [] == [(page, name) for page, name in in_code(r"(?:^|[`$] ?|&& )make ([a-z]+)\b") if name not in targets]


def test_every_make_target_says_what_it_does() -> None:
    makefile = text(ROOT / "Makefile")
    phony = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    assert phony == set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))


def test_the_exit_codes_in_the_docs_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| `([A-Z]+)` \|", text(ROOT / "docs" / "exit-codes.md"), re.MULTILINE)
    constants = {name: value for name, value in vars(cli).items() if name.isupper() and type(value) is int}
    assert constants == {name: int(value) for value, name in rows}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(CODE.sub("", text(page))) if not re.match(r"[a-z]+:", link)]
    assert [] == [link for link in links if not leads_somewhere(page, link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_in_code_exists(page: Path) -> None:
    written = re.findall(r"`((?:org|docs|tests|scps|benchmarks|demo|schema|playbooks)/[\w./-]+)`", text(page))
    assert [] == [path for path in written if "NAME" not in path and not (ROOT / path).exists()]


def test_every_rule_is_explained() -> None:
    modules = [*(ROOT / "org").rglob("*.py"), *(ROOT / "playbooks").rglob("*.py")]
    named = {rule for module in modules for rule in re.findall(r"\bORG\d{3}\b", text(module))}
    assert set() == named - set(re.findall(r"^## (ORG\d{3}): ", text(ROOT / "docs" / "rules.md"), re.MULTILINE))


def test_the_hooks_run_commands_that_exist() -> None:
    hooks = text(ROOT / ".pre-commit-hooks.yaml") + text(ROOT / ".pre-commit-config.yaml")
    entries = re.findall(r"entry: (?:\.venv/bin/)?([a-z-]+)(?: ([a-z]+))?", hooks)
    wrong = [program for program, _ in entries if not (Path(sys.executable).parent / program).exists()]
    assert (True, []) == (("org", "check") in entries, wrong)


def test_the_layers_in_the_docs_are_those_of_the_contract() -> None:
    contract = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    layers = [re.sub(r"[()]", "", layer) for layer in contract["layers"] if layer != "__main__"]
    assert layers == text(ROOT / "docs" / "architecture.md").rpartition("```text\n")[2].partition("\n```")[0].split(
        "\n"
    )


def test_every_news_entry_has_a_topic_a_kind_and_one_sentence() -> None:
    entries = [page for page in (ROOT / "changes.d").iterdir() if page.name != "README.md"]
    named = re.compile(rf"[a-z0-9-]+\.({'|'.join(sorted(KINDS))})\.md")
    wrong = [
        page.name for page in entries if not named.fullmatch(page.name) or len(text(page).strip().splitlines()) != 1
    ]
    assert (True, []) == (bool(entries), wrong)


def test_every_decision_is_in_the_list_of_decisions() -> None:
    pages = {page.name for page in (ROOT / "docs" / "decisions").glob("0*.md")}
    assert pages == set(LINK.findall(text(ROOT / "docs" / "decisions" / "README.md")))


def test_what_is_generated_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stdout + done.stderr)
