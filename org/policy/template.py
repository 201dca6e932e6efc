"""A policy template: plain policy statements in which typed parameters take the place of values.

    {$param: regions}                          the value of a parameter; in a list, a list splices in
    {$concat: ["arn:aws:iam::*:role/", part]}  text put together; a part that is a list gives one text an element
    {$if: roles, $then: node, $else: node}     a node that is there where the parameter is true or not empty
    {$for_each: tags, $as: tag, $do: node}     the node once for each element, which `$param: tag` names inside it
    {$for_each: tags, $as: tag, $key: text, $do: node}    the same as the entries of a mapping, each under its key

INVARIANT: a value never becomes structure. Parameters are text, numbers, switches or lists of those, they stand only
where a policy has values, and they are put into the parsed tree; no text is ever assembled and parsed again. A `$key`
names what AWS lets its users name (the tag in `aws:RequestTag/...`, a plan, a Region), and never an operator.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from org.model.policy import PolicyType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.model.finding import Span
    from org.policy.parse import Tree

KINDS: Mapping[str, PolicyType] = {
    "scp": PolicyType.SERVICE_CONTROL_POLICY,
    "rcp": PolicyType.RESOURCE_CONTROL_POLICY,
    "ai-opt-out": PolicyType.AISERVICES_OPT_OUT_POLICY,
    "backup": PolicyType.BACKUP_POLICY,
    "bedrock": PolicyType.BEDROCK_POLICY,
    "chat": PolicyType.CHATBOT_POLICY,
    "ec2": PolicyType.DECLARATIVE_POLICY_EC2,
    "guardduty": PolicyType.GUARDDUTY_POLICY,
    "inspector": PolicyType.INSPECTOR_POLICY,
    "network-security-director": PolicyType.NETWORK_SECURITY_DIRECTOR_POLICY,
    "s3": PolicyType.S3_POLICY,
    "security-hub": PolicyType.SECURITYHUB_POLICY,
    "security-hub-cspm": PolicyType.SECURITYHUB_CSPM_POLICY,
    "tag": PolicyType.TAG_POLICY,
    "upgrade-rollout": PolicyType.UPGRADE_ROLLOUT_POLICY,
}
"""The folders of `scps/` and the policy type of the templates in each."""

NODES: Mapping[str, frozenset[str]] = {
    "$param": frozenset({"$param"}),
    "$concat": frozenset({"$concat"}),
    "$if": frozenset({"$if", "$then", "$else"}),
    "$for_each": frozenset({"$for_each", "$as", "$key", "$do"}),
}
"""The keys of each node that is not plain data, by the key that marks it."""


@dataclass(frozen=True, slots=True)
class Template:
    """One file of `scps/`, checked: it binds to statements for any values that fit `parameters`.

    `parameters` maps each name to its JSON Schema. `statements` still hold `$param` and its like; a template of a
    declarative type has none, and its whole document in `policy` instead. `tree` knows where everything stands in
    `file`.
    """

    name: str
    kind: PolicyType
    title: str
    description: str
    controls: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    statements: tuple[Mapping[str, Any], ...]
    file: str
    tree: Tree
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, Any]:
        """The default of each parameter that has one."""
        return {name: schema["default"] for name, schema in self.parameters.items() if "default" in schema}

    def statement_span(self, index: int) -> Span:
        """Where the statement of that index stands."""
        return self.tree.span(("statements", index))

    def bind(self, values: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
        """The statements with values in place of parameters, each with the index of the statement it came from.

        `values` must have every parameter and must fit its schema.
        """
        bound: list[tuple[int, dict[str, Any]]] = []
        for index, node in enumerate(self.statements):
            got = bind(node, values)
            if isinstance(got, Many):
                bound += [(index, statement) for statement in numbered(got.values)]
            elif got is not ABSENT:
                bound.append((index, got))
        return bound

    def document(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The whole policy document for those values."""
        if self.kind.declarative:
            return dict(bind(self.policy, values))
        return {"Version": "2012-10-17", "Statement": [statement for _, statement in self.bind(values)]}


@dataclass(frozen=True, slots=True)
class Many:
    """Values that splice into the list they stand in; as the value of a key they are a list."""

    values: tuple[Any, ...]


ABSENT = object()
"""What an `$if` without `$else` gives: its key or list element is not there."""


def numbered(statements: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The statements that one `$for_each` gave, with a number behind each Sid they share: AWS wants them unique."""
    sids = Counter(statement.get("Sid") for statement in statements)
    return [
        {**statement, "Sid": f"{statement['Sid']}{number}"} if sids[statement.get("Sid", "")] > 1 else statement
        for number, statement in enumerate(statements, 1)
    ]


def marker(node: Any) -> str | None:
    """The key that makes a mapping a node of the template language, or None for plain data."""
    if not isinstance(node, dict):
        return None
    return next((name for name in NODES if name in node), None)


def bind(node: Any, values: Mapping[str, Any]) -> Any:
    """The node with values in place of parameters: plain data, `Many`, or `ABSENT`."""
    if isinstance(node, list):
        return _bind_list(node, values)
    if not isinstance(node, dict):
        return node
    match marker(node):
        case "$param":
            value = values[node["$param"]]
            return Many(tuple(value)) if isinstance(value, list | tuple) else value
        case "$concat":
            return _concat(node["$concat"], values)
        case "$if":
            return _branch(node, values)
        case "$for_each":
            return _loop(node, values)
    bound = {key: bind(value, values) for key, value in node.items()}
    return {key: _whole(value) for key, value in bound.items() if value is not ABSENT}


def _bind_list(nodes: list[Any], values: Mapping[str, Any]) -> list[Any]:
    bound: list[Any] = []
    for node in nodes:
        got = bind(node, values)
        if isinstance(got, Many):
            bound += got.values
        elif got is not ABSENT:
            bound.append(got)
    return bound


def _concat(parts: list[Any], values: Mapping[str, Any]) -> Many | str:
    bound = [bind(part, values) for part in parts]
    if not any(isinstance(part, Many) for part in bound):
        return "".join(map(_text, bound))
    choices = [part.values if isinstance(part, Many) else (part,) for part in bound]
    return Many(tuple("".join(map(_text, choice)) for choice in product(*choices)))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _branch(node: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    taken = "$then" if values[node["$if"]] else "$else"
    if taken not in node:
        return ABSENT
    got = bind(node[taken], values)
    return Many(tuple(got)) if isinstance(got, list) else got


def _loop(node: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    over = values[node["$for_each"]]
    turns = [{**values, node["$as"]: item} for item in (over if isinstance(over, list | tuple) else (over,))]
    if "$key" not in node:
        return Many(tuple(got for turn in turns for got in _bind_list([node["$do"]], turn)))
    entries = {_text(bind(node["$key"], turn)): _whole(bind(node["$do"], turn)) for turn in turns}
    return entries or ABSENT


def _whole(value: Any) -> Any:
    return list(value.values) if isinstance(value, Many) else value
