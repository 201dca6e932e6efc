"""The grammar of policy documents, by type (MalformedPolicyDocumentException).

SCPs: User Guide page orgs_manage_policies_scps_syntax; RCPs: orgs_manage_policies_rcps_syntax; S3 policies:
orgs_manage_policies_s3_syntax. Of the other types only that they are one JSON object is checked.
"""

from __future__ import annotations

import json
import re
from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.state import RCP, SCP

SERVICE_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?_]+")
STATEMENT_KEYS = {
    SCP: {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"},
    RCP: {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"},
}
S3_MODES = {"all", "none"}


def check_document(kind: str, content: str) -> None:
    """The content is a document of that type; if not, the refusal says in its own words what AWS leaves out."""
    try:
        document = json.loads(content, object_pairs_hook=distinct)
    except ValueError as error:
        raise malformed(kind, f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise malformed(kind, "the top level is not an object")
    if kind in STATEMENT_KEYS:
        check_statements(kind, document)
    if kind == "S3_POLICY":
        check_s3(document)


def malformed(kind: str, why: str) -> Refusal:
    """The refusal of a document; AWS says the first sentence, the sandbox adds the reason in brackets."""
    message = (
        f"The provided policy document does not meet the requirements of the specified policy type. [{kind}: {why}]"
    )
    return Refusal("MalformedPolicyDocumentException", message)


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, if no key of it came twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key comes twice")
    return result


def check_statements(kind: str, document: dict[str, Any]) -> None:
    """Version and statements are as the language of SCPs or RCPs wants them."""
    if unknown := document.keys() - {"Version", "Id", "Statement"}:
        raise malformed(kind, f"unknown element {sorted(unknown)}")
    if document.get("Version") != "2012-10-17":
        raise malformed(kind, "Version is not 2012-10-17")
    statements = document.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise malformed(kind, "there is no Statement")
    for statement in statements:
        if why := complaint(kind, statement):
            raise malformed(kind, why)
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(set(sids)) != len(sids):
        raise malformed(kind, "a Sid comes twice")


def complaint(kind: str, statement: Any) -> str | None:
    """What is wrong with one statement; None where nothing is."""
    if not isinstance(statement, dict):
        return "a statement is not an object"
    if unknown := statement.keys() - STATEMENT_KEYS[kind]:
        return f"unsupported element {sorted(unknown)}"
    if statement.get("Effect") not in ({"Allow", "Deny"} if kind == SCP else {"Deny"}):
        return f"unsupported Effect {statement.get('Effect')}"
    for pair in ({"Action", "NotAction"}, {"Resource", "NotResource"}):
        if len(pair & statement.keys()) != 1:
            return f"a statement needs exactly one of {sorted(pair)}"
        if not is_texts(statement[(pair & statement.keys()).pop()]):
            return f"{sorted(pair)} holds neither a text nor a list of texts"
    return words(kind, statement) or conditions(statement.get("Condition", {}))


def is_texts(value: Any) -> bool:
    """True for a text or a list of at least one text."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(item, str) and item for item in values)


def words(kind: str, statement: dict[str, Any]) -> str | None:
    """What is wrong with the actions, the principal and the Sid of one statement."""
    actions = statement.get("Action", statement.get("NotAction"))
    actions = actions if isinstance(actions, list) else [actions]
    for action in actions:
        if action == "*" and kind == SCP:
            continue
        if not SERVICE_ACTION.fullmatch(action):
            return f"{action} is not a service and an action"
    if kind == RCP and statement.get("Principal") != "*":
        return 'Principal must be "*"'
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not re.fullmatch("[A-Za-z0-9]*", sid):
        return f"the Sid {sid} holds more than letters and digits"
    return None


def conditions(condition: Any) -> str | None:
    """What is wrong with a Condition block: operators that hold keys that hold values."""
    if not isinstance(condition, dict):
        return "Condition is not an object"
    for operator, keys in condition.items():
        if not isinstance(keys, dict) or not keys:
            return f"the operator {operator} holds no keys"
    return None


def check_s3(document: dict[str, Any]) -> None:
    """An S3 policy assigns all or none to the public access block."""
    block = document.get("s3_attributes", {})
    block = block.get("public_access_block_configuration", {}) if isinstance(block, dict) else {}
    if document.keys() != {"s3_attributes"} or not isinstance(block, dict):
        raise malformed("S3_POLICY", "it is not {s3_attributes: {public_access_block_configuration: ...}}")
    if "@@assign" in block and block["@@assign"] not in S3_MODES:
        raise malformed("S3_POLICY", f"{block['@@assign']} is neither all nor none")
