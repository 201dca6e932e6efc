"""Who may ask and whose the resource may be, and which values context keys then have: what makes a request coherent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from org.access import actions
from org.access.prove.encode import ACTION, RESOURCE
from org.access.prove.keys import Range
from org.access.prove.texts import Domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from org.access.actions import Action
    from org.access.prove.difference import Setting

ROLE, USER, ROOT, FEDERATED, SERVICE, ANONYMOUS = "role", "user", "root", "federated-user", "service", "anonymous"
TYPES = {ROLE: "AssumedRole", USER: "User", ROOT: "Account", FEDERATED: "FederatedUser", ANONYMOUS: "Anonymous"}
OTHER_ACCOUNT, OTHER_ORGANIZATION = "999988887777", "o-exampleoutside"
ANY_ACCOUNT = "?" * 12
"""Stands in a world for some account that is not the setting's, where none that policies name will do."""
NAME_CHARACTERS = r"\w+=,.@:/\-"
"""https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, and what stands between names in ARNs."""
ALWAYS = frozenset(
    ("aws:requestedregion", "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:viaawsservice")
)
OF_SERVICES = frozenset(("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"))
"""Keys that only a service principal's request has."""
TAGS = frozenset(("aws:RequestTag/${}", "aws:ResourceTag/${}", "aws:TagKeys"))
"""Keys for every service that still not every action knows."""
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2", "ap-northeast-1", "sa-east-1")
HINTS: Mapping[str, tuple[str, ...]] = {
    "aws:sourcevpc": ("vpc-0example",),
    "aws:sourcevpce": ("vpce-0example",),
    "aws:currenttime": ("2027-01-01T00:00:00Z",),
    "aws:epochtime": ("2027-01-01T00:00:00Z",),
}
ACTIONS = Range(
    absent=False,
    several=False,
    texts=Domain(shapes=("?*:?*",), unlike=("*:*:*",), chars=r"\w:\-", hints=("example:newaction",)),
)
"""The names of actions, those that AWS may add among them; in lower case, for AWS does not mind."""
ABSENT = Range(fixed=(None,))


@dataclass(frozen=True, slots=True)
class World:
    """A kind of principal, its account and whether that is of the organization, and whether the resource is `here`.

    Here is the account of the setting. SCPs bind a principal that is `inside`, RCPs a resource that is here.
    """

    kind: str
    account: str | None
    inside: bool
    member: bool
    here: bool


def worlds(setting: Setting, layer: str, accounts: Iterable[str]) -> Iterator[World]:
    """The worlds in which policies of a layer have a say, those first that read best; `accounts` are named in them."""
    for here in (True,) if layer == "rcp" else (True, False):
        yield from (World(kind, setting.account, True, True, here) for kind in (ROLE, USER, ROOT, FEDERATED))
    if layer == "rcp":
        others = [*dict.fromkeys(one for one in (*accounts, OTHER_ACCOUNT) if one != setting.account)]
        yield from (World(ROLE, one, False, member, True) for one in others for member in (False, True))
        yield from (World(USER, one, False, False, True) for one in (*others, ANY_ACCOUNT))
        yield from (World(ROLE, ANY_ACCOUNT, False, member, True) for member in (False, True))
        yield World(SERVICE, None, False, False, True)
        yield World(ANONYMOUS, None, False, False, True)


def partition(setting: Setting) -> str:
    """The partition of AWS that the organization's Regions are in."""
    region = next(iter(setting.regions), "")
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


@lru_cache(maxsize=1 << 14)
def range_of(slot: str, setting: Setting, world: World, action: Action | None) -> Range:
    """The values that a context key can have in a request for the action; any action where there is none."""
    found = _of_principal(slot, setting, world) or _of_resource(slot, setting, world)
    return found or _documented(slot, setting, action)


def _of_principal(slot: str, setting: Setting, world: World) -> Range | None:
    iam = world.account is not None
    fixed: dict[str, str | None] = {
        "aws:principalaccount": world.account,
        "aws:principaltype": TYPES.get(world.kind),
        "aws:principalisawsservice": "true" if world.kind == SERVICE else "false",
    }
    if slot in fixed:
        some = slot == "aws:principalaccount" and world.account == ANY_ACCOUNT
        return _other_account(setting) if some else Range(fixed=(fixed[slot],))
    if slot == "aws:principalarn":
        return principal_range(setting, world)
    if slot in ("aws:principalorgid", "aws:principalorgpaths"):
        return _organization(slot, setting.org_id, setting.org_path if world.inside else None, iam, world.member)
    if slot == "aws:username":
        return Range(absent=False, several=False, texts=Domain(chars=r"\w+=,.@\-")) if world.kind == USER else ABSENT
    if slot == "aws:principalservicename":
        names = Domain(shapes=("?*.amazonaws.com",), chars=r"a-z0-9.\-")
        return Range(absent=False, several=False, texts=names) if world.kind == SERVICE else ABSENT
    if slot in OF_SERVICES | {"aws:principalservicenameslist"} and world.kind != SERVICE:
        return ABSENT
    if slot.startswith("aws:principaltag/") and world.kind not in (ROLE, USER, FEDERATED):
        return ABSENT
    return None


def _organization(slot: str, org_id: str, org_path: str | None, exists: bool, member: bool) -> Range:
    """`aws:PrincipalOrgID`, `aws:PrincipalOrgPaths` and those of the resource: fixed inside, not ours outside."""
    several = slot.endswith("paths")
    if not exists:
        return ABSENT
    if not member:
        unlike = f"{org_id}/*" if several else org_id
        hint = f"{OTHER_ORGANIZATION}/r-ab12/ou-ab12-11111111/" if several else OTHER_ORGANIZATION
        texts = Domain(shapes=("o-?*",), unlike=(unlike,), hints=(hint,))
        return Range(absent=True, one=not several, several=several, texts=texts)
    if not several:
        return Range(fixed=(org_id,))
    if org_path is not None and "*" not in org_path:
        return Range(fixed=((org_path,),))
    shape = org_path or f"{org_id}/r-?*/"
    return Range(
        absent=False, one=False, texts=Domain(shapes=(shape,), hints=(shape.replace("?", "").replace("*", "ab12"),))
    )


def principal_range(setting: Setting, world: World) -> Range:
    """The ARNs that `aws:PrincipalArn` can have; never that of a service-linked role, which nothing binds."""
    if world.account is None:
        return ABSENT
    start = f"arn:{partition(setting)}:{'sts' if world.kind == FEDERATED else 'iam'}::{world.account}"
    if world.kind == ROOT:
        return Range(fixed=(f"{start}:root",))
    texts = Domain(
        shapes=(f"{start}:{world.kind}/?*",),
        unlike=(
            *("arn:*:*:*:*:*role/aws-service-role/*", "arn:*:*:*:*:*/", "arn:*:*:*:*:*//*", "arn:*:*:*:*:*:*"),
            *((f"arn:*:*:*:{setting.account}:*",) if world.account == ANY_ACCOUNT else ()),
        ),
        chars=NAME_CHARACTERS,
        hints=(f"{start}:{world.kind}/Example".replace(ANY_ACCOUNT, OTHER_ACCOUNT),),
    )
    return Range(absent=False, several=False, texts=texts)


def _other_account(setting: Setting) -> Range:
    texts = Domain(shapes=(ANY_ACCOUNT,), unlike=(setting.account,), chars=r"\d", hints=(OTHER_ACCOUNT,))
    return Range(absent=False, several=False, texts=texts)


def _of_resource(slot: str, setting: Setting, world: World) -> Range | None:
    if slot == "aws:resourceaccount":
        if world.here:
            return Range(fixed=(setting.account,))
        return _other_account(setting)
    if slot in ("aws:resourceorgid", "aws:resourceorgpaths"):
        several = slot.endswith("paths")
        if world.here:
            return Range(fixed=((setting.org_path,) if several else setting.org_id,))
        texts = Domain(shapes=("o-?*",), hints=(f"{OTHER_ORGANIZATION}/r-ab12/" if several else OTHER_ORGANIZATION,))
        return Range(one=not several, several=several, texts=texts)
    return None


def _documented(slot: str, setting: Setting, action: Action | None) -> Range:
    """By the type that AWS documents for the key; absent where the action does not know it."""
    name, kind = documented(slot)
    if not knows(action, name):
        return ABSENT
    if slot == "aws:requestedregion":
        texts = Domain(shapes=("?*-?*-?*",), chars=r"a-z0-9\-", hints=(*setting.regions, *REGIONS))
        return Range(absent=False, several=False, texts=texts)
    several = kind.startswith("ArrayOf")
    texts = Domain(kind=kind.removeprefix("ArrayOf"), hints=HINTS.get(slot, ()))
    return Range(absent=slot not in ALWAYS, one=not several, several=several, texts=texts)


@lru_cache(maxsize=1 << 12)
def documented(key: str) -> tuple[str, str]:
    """How AWS writes a key, `${}` for that of a tag, and its type; the key itself without a type where it is new."""
    known = actions.global_keys()
    name = known.find(key)
    if name is not None:
        return name, known.types[name]
    service = actions.service(key.partition(":")[0])
    name = service.keys.find(key) if service else None
    return (name, service.keys.types[name]) if service and name else (key, "")


def is_general(name: str) -> bool:
    """True for a documented key that a request for any action may have."""
    return name in actions.global_keys().types and name not in TAGS


def knows(action: Action | None, name: str) -> bool:
    """True where a request for the action may have the documented key."""
    return action is None or is_general(name) or name in action.keys


def resource_range(
    setting: Setting, world: World, action: Action | None, region: str | None = None, account: str | None = None
) -> Range:
    """The resources that the action has here or elsewhere, in a Region or in none; `*` for an action without any."""
    if action is None:
        return Range(absent=False, several=False, texts=Domain(hints=("*",)))
    templates = arns(action)
    if not templates:
        return Range(fixed=("*",))
    own = setting.account if world.here else account or "*"
    values = {"Partition": partition(setting), "Account": own, "AccountId": own, "Region": region or "*"}
    return Range(
        absent=False,
        several=False,
        texts=Domain(
            shapes=tuple(sorted({_filled(one, values) for one in templates})),
            unlike=() if world.here else (f"arn:*:*:*:{setting.account}:*",),
        ),
    )


@lru_cache(maxsize=1 << 15)
def arns(action: Action) -> tuple[str, ...]:
    """The ARNs of an action's resource types, `${Name}` for what differs."""
    service = actions.service(action.service)
    types = service.resources if service else {}
    return tuple(sorted({types[name].arn for name in action.resources if name in types and types[name].arn}))


def _filled(template: str, values: Mapping[str, str]) -> str:
    parts = template.split("${")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled.append(values.get(name, "?*") + rest)
    return "".join(filled)


def slot_range(slot: str, setting: Setting, world: World, action: Action | None) -> Range:
    """The values of any slot."""
    if slot == ACTION:
        return ACTIONS
    if slot == RESOURCE:
        return resource_range(setting, world, action)
    return range_of(slot, setting, world, action)
