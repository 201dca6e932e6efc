"""The condensation as SQL, for logs that are too many to fetch: Athena groups the events, `org replay` does the rest.

The query gives events again, only fewer: each line has the shape of an event, with what `org.replay.signature` looks
at, and stands for all that are alike. So it needs no knowledge of actions, and its outcome is read like any log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from org.replay.keys import Keys

NOISE = (
    "Host",
    "assumeRolePolicyDocument",
    "clientRequestToken",
    "clientToken",
    "description",
    "idempotencyToken",
    "marker",
    "maxItems",
    "maxRecords",
    "maxResults",
    "nextToken",
    "policyDocument",
    "userData",
)
"""Parameters that differ from call to call, or are long, and that nothing is made of."""
FIELDS = (
    "eventType",
    "eventSource",
    "eventName",
    "awsRegion",
    "errorCode",
    "recipientAccountId",
    "vpcEndpointId",
    "vpcEndpointAccountId",
)
SESSION = "userIdentity.sessionContext"
TREE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "userIdentity": ("type", "accountId", "invokedBy", "identityProvider"),
        SESSION: ("ec2RoleDelivery", "assumedRoot"),
        f"{SESSION}.attributes": ("mfaAuthenticated",),
        f"{SESSION}.webIdFederationData": ("federatedProvider",),
        f"{SESSION}.sessionIssuer": ("arn",),
    }
)
"""Fields of an event, and of the objects in it, that are taken as they are."""
ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sourceIPAddress": ("aws:sourceip", "aws:vpcsourceip"),
        "userAgent": ("aws:useragent",),
        "userIdentity.principalId": ("aws:userid",),
        f"{SESSION}.attributes.creationDate": ("aws:tokenissuetime",),
        f"{SESSION}.sourceIdentity": ("aws:sourceidentity",),
        "eventTime": ("aws:currenttime", "aws:epochtime"),
    }
)
"""Fields that are taken only where one of these keys is kept: else they make no difference, and tell of persons."""

Members = Mapping[str, str]
QUOTED, QUOTED_WITH, PATH = "'{}'", "'{}', {}", "'$.{}'"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what the query needs.

    `field` gives a field of an event as text, `there` whether an object is, `built` an object of texts and JSON,
    `resources` and `parameters` those of the event, `role` the ARN of a session without the session's name, `shown`
    JSON as text and `parsed` text as JSON.
    """

    field: Callable[[str], str]
    there: Callable[[str], str]
    built: Callable[[Members], str]
    resources: str
    parameters: str
    role: Callable[[str], str]
    shown: Callable[[str], str]
    parsed: Callable[[str], str]


def _athena_object(members: Members) -> str:
    names = ", ".join(f"'{name}'" for name in members)
    values = ", ".join(f"CAST({value} AS JSON)" for value in members.values())
    return f"CAST(MAP(ARRAY[{names}], ARRAY[{values}]) AS JSON)"


def _listed(names: tuple[str, ...], form: str) -> str:
    return ", ".join(form.format(name) for name in names)


ATHENA = Dialect(
    field=str.lower,
    there=lambda path: f"{path.lower()} IS NOT NULL",
    built=_athena_object,
    resources="CAST(transform(resources, one -> MAP(ARRAY['ARN', 'accountId'], ARRAY[one.arn, one.accountid]))"
    " AS JSON)",
    parameters="CAST(map_filter(TRY(CAST(json_parse(requestparameters) AS MAP(VARCHAR, JSON))),"
    f" (name, value) -> name NOT IN ({_listed(NOISE, QUOTED)})) AS JSON)",
    role=lambda arn: f"split_part({arn}, '/', 1) || '/' || split_part({arn}, '/', 2)",
    shown=lambda value: f"json_format({value})",
    parsed=lambda text: f"json_parse({text})",
)
"""Athena's (engine version 3), over the table of `TABLE`."""


def _sqlite_field(path: str) -> str:
    kind = f"json_type(line, '$.{path}')"
    return f"CASE WHEN {kind} IN ('true', 'false') THEN {kind} ELSE line ->> '$.{path}' END"


def _sqlite_role(arn: str) -> str:
    slash = f"instr({arn}, '/')"
    second = f"instr(substr({arn}, {slash} + 1), '/')"
    return f"CASE WHEN {second} > 0 THEN substr({arn}, 1, {slash} + {second} - 1) ELSE {arn} END"


SQLITE = Dialect(
    field=_sqlite_field,
    there=lambda path: f"coalesce(json_type(line, '$.{path}'), 'null') <> 'null'",
    built=lambda members: f"json_object({', '.join(map(QUOTED_WITH.format, members, members.values()))})",
    resources="line -> '$.resources'",
    parameters=f"json_remove(line -> '$.requestParameters', {_listed(NOISE, PATH)})",
    role=_sqlite_role,
    shown=lambda value: value,
    parsed=lambda text: f"json({text})",
)
"""SQLite's, over a table with the text of an event in `line`: by it tests hold the query to its meaning."""

TABLE = """CREATE EXTERNAL TABLE cloudtrail (
  eventversion STRING,
  useridentity STRUCT<
    type: STRING, principalid: STRING, arn: STRING, accountid: STRING, invokedby: STRING, identityprovider: STRING,
    sessioncontext: STRUCT<
      attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
      sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
      webidfederationdata: STRUCT<federatedprovider: STRING>,
      ec2roledelivery: STRING, sourceidentity: STRING, assumedroot: STRING>>,
  eventtime STRING, eventsource STRING, eventname STRING, awsregion STRING, sourceipaddress STRING,
  useragent STRING, errorcode STRING, requestparameters STRING, eventid STRING,
  resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
  eventtype STRING, recipientaccountid STRING, vpcendpointid STRING, vpcendpointaccountid STRING,
  tlsdetails STRUCT<tlsversion: STRING>
)
PARTITIONED BY (account STRING, region STRING, day STRING)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://BUCKET/AWSLogs/ORGANIZATION/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum', 'projection.account.values' = 'ACCOUNTS',
  'projection.region.type' = 'enum', 'projection.region.values' = 'REGIONS',
  'projection.day.type' = 'date', 'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2026/01/01,NOW', 'projection.day.interval' = '1', 'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' =
    's3://BUCKET/AWSLogs/ORGANIZATION/${account}/CloudTrail/${region}/${day}'
);"""
"""A table of all logs of an organization; https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html."""


def unload(keys: Keys) -> str:
    """What to run in Athena: the table, then the query whose lines `org replay` reads."""
    asked = query("cloudtrail", keys, ATHENA, "day BETWEEN 'FIRST' AND 'LAST'")
    return (
        f"{TABLE}\n\nUNLOAD (\n{asked}\n) TO 's3://RESULTS/replay/' WITH (format = 'TEXTFILE', compression = 'GZIP');\n"
    )


def query(table: str, keys: Keys, dialect: Dialect, where: str = "") -> str:
    """The query over a table of events, for a corpus that keeps these keys: one column of JSON, one line a group."""
    plain = [*FIELDS, *(path for path in ASKED if "." not in path and path != "eventTime" and _kept(path, keys))]
    grouped = {f"of_{name.lower()}": dialect.field(name) for name in plain}
    grouped |= {
        "identity": dialect.shown(_object("userIdentity", keys, dialect)),
        "named": dialect.shown(dialect.resources),
        "parameters": dialect.shown(dialect.parameters),
        "tls": f"CASE WHEN {dialect.there('tlsDetails')} THEN 'true' END",
    }
    if _kept("eventTime", keys):
        grouped["at"] = dialect.field("eventTime")
    columns = ",\n      ".join(f"{value} AS {name}" for name, value in grouped.items())
    line = {name: f"of_{name.lower()}" for name in plain} | {
        "userIdentity": dialect.parsed("identity"),
        "resources": dialect.parsed("named"),
        "requestParameters": dialect.parsed("parameters"),
        "tlsDetails": "tls",
        "eventTime": "substr(first_event, 1, 20)",
        "lastTime": "last_moment",
        "eventID": "substr(first_event, 22)",
        "condensed": "number",
    }
    names, condition = ", ".join(grouped), f" WHERE {where}" if where else ""
    # Nothing in the query comes from a user but the table's name and the condition, and both are written here.
    return f"""SELECT {dialect.shown(dialect.built(line))} AS line
FROM (
  SELECT {names},
    count(*) AS number, max(moment) AS last_moment, min(moment || ' ' || name) AS first_event
  FROM (
    SELECT
      {columns},
      {dialect.field("eventTime")} AS moment,
      coalesce({dialect.field("eventID")}, '') AS name
    FROM {table}{condition}
  ) AS events
  GROUP BY {names}
) AS groups_of_events"""  # noqa: S608


def _object(path: str, keys: Keys, dialect: Dialect) -> str:
    """An object of the event with the fields that count, null where it is not there."""
    members = {name: dialect.field(f"{path}.{name}") for name in TREE[path]}
    asked = [one for one in ASKED if one.rpartition(".")[0] == path and _kept(one, keys)]
    members |= {one.rpartition(".")[2]: dialect.field(one) for one in asked}
    inside = [one for one in TREE if one.rpartition(".")[0] == path]
    members |= {one.rpartition(".")[2]: _object(one, keys, dialect) for one in inside}
    if path == "userIdentity":
        members["arn"] = _arn(dialect)
    built = dialect.built(members)
    return f"CASE WHEN {dialect.there(path)} THEN {built} END"


def _arn(dialect: Dialect) -> str:
    """The caller's ARN: of a session only its role's, if the event does not have that one anyway."""
    kind, arn = dialect.field("userIdentity.type"), dialect.field("userIdentity.arn")
    issuer = dialect.field(f"{SESSION}.sessionIssuer.arn")
    role = f"CASE WHEN {issuer} IS NULL THEN {dialect.role(arn)} END"
    return f"CASE WHEN {kind} = 'AssumedRole' THEN {role} ELSE {arn} END"


def _kept(path: str, keys: Keys) -> bool:
    return any(key in keys for key in ASKED[path])
