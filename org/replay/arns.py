"""The resources of a call: ARNs of the shapes that its action knows, filled from the event's parameters.

Where one part of an ARN is not in the log, such as the path of a role or the six characters behind a secret's name,
there is a gap: the resource is known to begin and to end so, and no more is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from org.access import actions
from org.replay.parameters import HIDDEN, plain

ALIASES = {
    ("cloudtrail", "trailname"): ("name", "trailname"),
    ("config", "configrulename"): ("configrulename", "configrulenames"),
    ("ecs", "taskdefinitionfamilyname"): ("family",),
    ("ecs", "taskid"): ("task", "tasks"),
    ("elasticloadbalancing", "loadbalancername"): ("loadbalancername", "name"),
    ("autoscaling", "groupfriendlyname"): ("autoscalinggroupname",),
    ("events", "rulename"): ("rule", "name"),
    ("glue", "catalogname"): ("catalogname",),
    ("glue", "databasename"): ("databasename", "name"),
    ("glue", "tablename"): ("tablename", "name"),
    ("iam", "certificatenamewithpath"): ("servercertificatename",),
    ("iam", "mfatokenidwithpath"): ("serialnumber", "virtualmfadevicename"),
    ("iam", "policynamewithpath"): ("policyname", "policyarn"),
    ("kms", "alias"): ("aliasname",),
    ("kms", "keyid"): ("keyid",),
    ("lambda", "functionname"): ("functionname",),
    ("rds", "clusterparametergroupname"): ("dbclusterparametergroupname",),
    ("rds", "clustersnapshotname"): ("dbclustersnapshotidentifier",),
    ("rds", "dbclusterinstancename"): ("dbclusteridentifier",),
    ("rds", "dbinstancename"): ("dbinstanceidentifier",),
    ("rds", "globalcluster"): ("globalclusteridentifier",),
    ("rds", "parametergroupname"): ("dbparametergroupname",),
    ("rds", "snapshotname"): ("dbsnapshotidentifier",),
    ("rds", "subnetgroupname"): ("dbsubnetgroupname",),
    ("redshift", "clustername"): ("clusteridentifier",),
    ("route53", "id"): ("id", "hostedzoneid"),
    ("s3", "bucketname"): ("bucketname", "bucket"),
    ("s3", "objectname"): ("key",),
    ("secretsmanager", "secretid"): ("secretid", "name"),
    ("sns", "topicname"): ("topicname", "name"),
    ("sqs", "queuename"): ("queueurl", "queuename"),
    ("ssm", "parameternamewithoutleadingslash"): ("name", "names", "path"),
    ("states", "statemachinename"): ("name",),
}
"""The parameters that hold a part of an ARN where its name does not tell."""
GENERIC = ("name", "id", "identifier")
"""Parameters that name the resource where an action knows resources of one type only."""
VAGUE = frozenset((*GENERIC, "resourceid", "resourceidentifier", "resourcename", "resourcearn", "resource", ""))
"""Parameters that say nothing of a type."""
ENDINGS = ("withpath", "identifier", "friendlyname", "name", "id", "arn")
OWN = re.compile(r"\$\{(Partition|Region|Account)\}")
VARIABLE = re.compile(r"\$\{([^}]*)\}")
LAMBDA = re.compile(r"(?:\d{12}:)?(?:function:)?([^:]+)(?::[^:]+)?")
SECRET = re.compile(r".*-[A-Za-z0-9]{6}", re.DOTALL)
MANAGED = {("ssm", "instance"): "i-", ("ssm", "managed-instance"): "mi-"}
"""Types of one service that share a parameter, and how the ids of each begin."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource: its ARN, or with `after` what its ARN begins and ends with."""

    arn: str
    type: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Where names without a place of their own are: the partition, Region and account of the call."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True)
class Shape:
    """The ARN of one resource type: texts and variables in turn, with the parameters that may fill each variable."""

    service: str
    type: str
    text: str
    names: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Every parameter that may fill a variable."""
        return frozenset(name for names in self.names.values() for name in names)

    def fits(self, arn: str) -> bool:
        """True where the ARN is of this type."""
        return self.pattern.fullmatch(arn) is not None

    def filled(self, values: Mapping[str, tuple[str, ...]], home: Home) -> Iterator[Found]:
        """The ARNs that the parameters give: nothing where two parts or more are missing.

        A parameter that is an ARN of this type itself is all that counts.
        """
        whole = [text for texts in values.values() for text in texts if text[:4] == "arn:" and self.fits(text)]
        if whole:
            yield from (Found(arn, self.type) for arn in dict.fromkeys(whole))
            return
        if self.parameters.isdisjoint(values):
            return
        text = at_home(self.text, home)
        given = {variable: self._values(variable, values) for variable in self.names}
        missing = [variable for variable, texts in given.items() if not texts]
        if len(missing) > 1 or (missing and len(given) == 1):
            return
        *fixed, many = [variable for variable in given if variable not in missing] or [""]
        for variable in fixed:
            text = text.replace(f"${{{variable}}}", given[variable][0])
        for value in given.get(many, ("",)):
            yield from self._ended(text.replace(f"${{{many}}}", value) if many else text, missing, value)

    def _ended(self, text: str, missing: list[str], value: str) -> Iterator[Found]:
        if missing:
            head, _, after = text.partition(f"${{{missing[0]}}}")
            yield Found(head, self.type, after)
        elif self.service == "iam" and "withpath" in "".join(self.names).lower():
            yield Found(text.removesuffix(value), self.type, value)
        elif self.service == "secretsmanager":
            yield Found(f"{text}-", self.type, "")
        else:
            yield Found(text, self.type)

    def _values(self, variable: str, values: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        for name in self.names[variable]:
            texts = tuple(text for text in map(self._value, values.get(name, ())) if text and text != HIDDEN)
            if texts:
                return texts
        return ()

    def _value(self, text: str) -> str:
        """A parameter as it stands in the ARN; empty where it is a name of another kind."""
        if text.startswith("arn:"):
            return _last(text)
        kind = (self.service, self.type)
        if kind == ("lambda", "function"):
            named = LAMBDA.fullmatch(text)
            return named[1] if named else ""
        if kind == ("kms", "key"):
            return "" if text.startswith("alias/") else text
        if kind in MANAGED:
            return text if text.startswith(MANAGED[kind]) else ""
        if self.service in ("sqs", "route53"):
            return text.rpartition("/")[2]
        return text.removeprefix("alias/") if kind == ("kms", "alias") else text.lstrip("/") if _ssm(kind) else text


@lru_cache(maxsize=8192)
def at_home(text: str, home: Home) -> str:
    """The text with partition, Region and account in the place of their variables."""
    own = {"Partition": home.partition, "Region": home.region, "Account": home.account}
    return OWN.sub(lambda found: own[found[1]], text)


def _ssm(kind: tuple[str, str]) -> bool:
    return kind == ("ssm", "parameter")


def _last(arn: str) -> str:
    return re.split("[:/]", arn)[-1]


@lru_cache(maxsize=16384)
def shapes(action: str) -> tuple[Shape, ...]:
    """The shapes of an action's resources; none for an action that is about no resource or is not known."""
    prefix, _, name = action.partition(":")
    service = actions.service(prefix)
    known = service.actions.get(name.lower()) if service else None
    if service is None or known is None:
        return ()
    types = [service.resources[one] for one in known.resources if one in service.resources]
    return tuple(_shape(prefix, one.name, one.arn, single=len(types) == 1) for one in types)


def _shape(service: str, kind: str, arn: str, *, single: bool) -> Shape:
    variables = [name for name in VARIABLE.findall(arn) if name not in ("Partition", "Region", "Account")]
    alone = len(variables) == 1
    names = {name: _names(service, kind if alone else "", name, single=single) for name in dict.fromkeys(variables)}
    return Shape(service, kind, arn, names, _pattern(arn, variables))


def _names(service: str, kind: str, variable: str, *, single: bool) -> tuple[str, ...]:
    """The parameters that may hold a part of an ARN, the likeliest first; with a `kind` it is the only part."""
    name = plain(variable)
    listed = ALIASES.get((service, name))
    if listed:
        return listed
    name = name.removesuffix("withpath")
    stem = next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)
    likely = [name, *(f"{stem}{ending}" for ending in ("", "name", "id", "identifier", "arn", "s", "names", "ids"))]
    likely += [f"{plain(kind)}{ending}" for ending in ("name", "id", "identifier", "") if kind]
    if not (single and kind):
        return tuple(dict.fromkeys(one for one in likely if one not in VAGUE))
    return tuple(dict.fromkeys(one for one in (*likely, *GENERIC) if one))


def _pattern(arn: str, variables: list[str]) -> re.Pattern[str]:
    """ARNs of the type: only the last part may hold `/` and `:`, and not that of a bucket, which is no object."""
    parts = VARIABLE.split(arn)
    last = variables[-1] if variables else ""
    written = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            written.append(re.escape(part))
        elif part in ("Partition", "Region", "Account"):
            written.append("[^:]*")
        else:
            written.append(".+" if part == last and part != "BucketName" else "[^:/]+")
    return re.compile("".join(written), re.DOTALL)
