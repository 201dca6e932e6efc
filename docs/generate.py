"""Writes what derives from the code: the JSON Schema of accounts.yaml and the reference pages in docs/.

With --check nothing is written; the files that would change are named, and the exit code is 1 where there are any.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import click  # noqa: E402 - the root must be on the path first

from org import baseline, cli, policy  # noqa: E402
from org import controls as catalogue  # noqa: E402
from org.controls import markdown  # noqa: E402
from org.invariants.rules import RULES as OF_INVARIANTS  # noqa: E402
from org.load import checks, schema  # noqa: E402
from org.model.policy import PolicyType  # noqa: E402
from org.policy import lint  # noqa: E402
from org.policy.grammar import name_of  # noqa: E402
from org.policy.roles import role_library  # noqa: E402
from org.policy.rules import RULES as OF_POLICIES  # noqa: E402
from org.reconcile.rules import RULES as OF_PLANS  # noqa: E402
from org.reconcile.wanted import vocabulary  # noqa: E402
from org.replay.rules import RULES as OF_LOGS  # noqa: E402
from org.review.rules import RULES as OF_REVIEWS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NOTE = "<!-- written by `make docs`; change the code instead -->"
PLAYBOOK = "playbooks/collections/ansible_collections/org/baseline/playbooks/baseline.yml"
FIRST, LAST = "      tags:\n        - baseline\n", "\n    - name: The baseline\n"
WHERE = {
    baseline.Where.ACCOUNT: "once in each account",
    baseline.Where.REGION: "in every governed Region of each account",
    baseline.Where.ORGANIZATION: "once for the organization, from the management account",
}
LONG = {
    PolicyType.SERVICE_CONTROL_POLICY: "service control policy",
    PolicyType.RESOURCE_CONTROL_POLICY: "resource control policy",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; line breaks and bars in its cells are made harmless."""
    cells = [[cell.replace("\n", " ").replace("|", "\\|").strip() for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *cells])


def page(title: str, lead: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([NOTE, f"# {title}", lead, *parts]) + "\n"


def actions(names: Iterable[str]) -> str:
    """IAM actions as code, or a dash."""
    return ", ".join(f"`{name}`" for name in names) or "-"


def components() -> str:
    """The components of the baseline: where they act, settings, needed IAM actions, controls."""
    found = baseline.find().values()
    rows = [
        (f"[`{one.name}`](#{one.name})", WHERE[one.where], "yes" if one.write else "reports", ", ".join(one.controls))
        for one in found
    ]
    lead = """What every account can be given, under `baseline:` in `accounts.yaml`. Each is a file in `org/baseline/`.
`{}` switches a component on with its defaults, `false` switches it off from there down, in one account for instance.
A component that only reports changes nothing. None touches what nobody declared."""
    overview = table(("component", "acts", "changes", "controls"), rows)
    return page("Baseline components", lead, overview, *map(about, found))


def about(component: baseline.Component) -> str:
    """One component."""
    settings = table(("setting", "default", "what it does"), list(rows_of(component.settings)))
    lists = {
        "Reads with": component.reads,
        "Writes with": component.writes,
        "In the accounts that it reaches into, reads with": component.reads_elsewhere,
        "and writes with": component.writes_elsewhere,
        "In sessions of members' root users with": component.as_root,
    }
    parts = [
        f"## `{component.name}`",
        f"{component.title}. {component.description}",
        f"Acts {WHERE[component.where]}.{' It only reports.' if component.write is None else ''}",
        settings if component.settings else "",
        "\n".join(f"- {words} {actions(names)}" for words, names in lists.items() if names),
        f"{actions(component.linked_services)} gets a service-linked role on the way."
        if component.linked_services
        else "",
        f"Serves the controls {', '.join(component.controls)}."
        + (f" Comes after {', '.join(f'`{name}`' for name in component.after)}." if component.after else ""),
    ]
    return "\n\n".join(part for part in parts if part)


def rows_of(settings: Mapping[str, Mapping[str, Any]], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """A row for each setting and, below it, for each setting of the things in it."""
    for name, shape in settings.items():
        default = f"`{json.dumps(shape['default'])}`" if "default" in shape else ""
        yield f"`{prefix}{name}`", default, shape.get("description", "")
        inner = shape.get("items", shape)
        kind = "[]." if "items" in shape else "."
        yield from rows_of(inner.get("properties", {}), f"{prefix}{name}{kind}")
        if isinstance(inner.get("additionalProperties"), dict):
            yield from rows_of(inner["additionalProperties"].get("properties", {}), f"{prefix}{name}{kind}*.")


def playbook() -> str:
    """The playbook of the baseline, with a tag for each component."""
    text = (ROOT / PLAYBOOK).read_text(encoding="utf-8")
    head, rest = text.split(FIRST, 1)
    tags = "".join(f"        - {name}\n" for name in baseline.find())
    return head + FIRST + tags + LAST + rest.split(LAST, 1)[1]


def policies(library: policy.Library) -> str:
    """The policy templates with their parameters."""
    parts = []
    for name, template in sorted(library.templates.items()):
        kind = LONG.get(template.kind) or name_of(template.kind)
        rows = [
            (f"`{parameter}`", shown(shape["default"]) if "default" in shape else "must be given", shape["description"])
            for parameter, shape in template.parameters.items()
        ]
        parts += [
            f"## `{name}`",
            f"{template.title}. ({kind[:1].upper()}{kind[1:]}.)",
            template.description.strip(),
            *([table(("parameter", "default", "what it is"), rows)] if rows else []),
        ]
    for name, bundle in sorted(library.bundles.items()):
        members = ", ".join(f"`{member}`" for _, member, _ in bundle.members())
        rows = [
            (f"`{parameter}`", shown(shape["default"]) if "default" in shape else "must be given", shape["description"])
            for parameter, shape in bundle.parameters.items()
        ]
        parts += [
            f"## `{name}`",
            f"{bundle.title}. (Bundle of {members}.)",
            bundle.description.strip(),
            *([table(("parameter", "default", "what it is"), rows)] if rows else []),
        ]
    lead = """What `policies:` in `accounts.yaml` can name. Each is one file in `scps/`;
your own go into a folder `scps/` beside your `accounts.yaml`."""
    return page("Policy templates", lead, *parts)


def controls(library: policy.Library) -> str:
    """The control catalogue, as `org controls --format markdown` prints it."""
    rows = catalogue.rows(library, role_library([ROOT / "scps"]), baseline.find())
    lead = """What is recommended, by whom, and what of this program prevents, notices and mends a breach: templates
of `scps/`, components of the baseline, commands. `planned` means that nothing does yet. `org controls`
prints the same on a terminal and as JSON.

`org controls --for accounts.yaml` says what holds in each unit, by what, and what does not. It judges what the file
asks for; `org plan` says whether it is so. A template counts for every control that it names, whatever its
parameters. One that only keeps a setting as it is counts in part, until a component or a declarative policy makes the
setting. A component counts in accounts where none of its switches is turned off. SCPs and RCPs count for no
management account, because they do not bind it. Policies bind what is done from now on, not what was there before.

CIS 3.0, 5.0 and 7.0 are versions of the CIS AWS Foundations Benchmark, FSBP is AWS Foundational Security Best
Practices. Of the controls of NIST SP 800-53 revision 5 the first five are named."""
    return page("Controls", lead, markdown.catalogue(rows))


def shown(value: object) -> str:
    """A default as code; a list element by element."""
    if isinstance(value, list):
        return ", ".join(f"`{element}`" for element in value) or "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def every(group: click.Context) -> Iterator[click.Context]:
    """A context for each command of a group, and for the commands of those that are groups themselves."""
    assert isinstance(group.command, click.Group)
    for name in group.command.list_commands(group):
        command = group.command.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=group)
        yield context
        if isinstance(command, click.Group):
            yield from every(context)


def commands() -> str:
    """Every command with its help, as `--help` prints it."""
    parts = []
    group = click.Context(cli.org, info_name="org", terminal_width=100, **cli.org.context_settings)
    for context in every(group):
        parts += [f"## `{context.command_path}`", f"```text\n{context.command.get_help(context)}\n```"]
    lead = """Every command ends with one of the [exit codes](exit-codes.md).
What a machine reads is on stdout, everything else on stderr."""
    return page("Commands", lead, *parts)


def rules() -> str:
    """Every rule about accounts.yaml and its policies, with the reason for it and what it looks like."""
    parts = []
    others = [*OF_LOGS, *OF_INVARIANTS, *OF_PLANS, *OF_REVIEWS]
    for rule in [*checks.rules().values(), *OF_POLICIES, *lint.rules(), *others]:
        parts += [f"## {rule.id}: {rule.title}", rule.why]
        for word, example in (("Wrong", rule.wrong), ("Right", rule.right)):
            parts += [f"{word}:\n\n```yaml\n{example.rstrip()}\n```"] if example else []
    lead = """What `org check` looks for in `accounts.yaml`, in policy templates and in [policy documents](lint.md),
from ORG601 on in CloudTrail's logs, from ORG801 on what reviews say of commits, and from ORG901 on what plans say.
`org explain ORG040` prints one of these on the terminal."""
    return page("Rules", lead, *parts)


def files() -> Mapping[str, str]:
    """Every generated file and its text."""
    library = policy.library([ROOT / "scps"])
    return {
        "schema/accounts.schema.json": schema.printed(schema.schema(vocabulary(library))),
        "docs/commands.md": commands(),
        "docs/components.md": components(),
        "docs/controls.md": controls(library),
        PLAYBOOK: playbook(),
        "docs/policies.md": policies(library),
        "docs/rules.md": rules(),
    }


def main() -> int:
    """The exit code; the files are written, or with --check only compared."""
    stale = [
        name
        for name, text in files().items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for name in stale:
            print(f"{name} is not up to date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(files()[name], encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
