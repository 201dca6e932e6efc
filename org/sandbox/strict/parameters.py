"""Parameters as DescribeParameters tells of them: never with a value, which moto's answer has.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
"""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.secrets import asking_moto

PAGE = 50


@answers("ssm", Audience.ANYBODY)
def describe_parameters(request: Request) -> dict[str, Any]:
    """The parameters that the filters leave, 50 a page."""
    from moto.ssm.models import ssm_backends

    given = request.parameters
    token = given.get("NextToken", "0")
    if not token.isdecimal():
        raise Refusal("InvalidNextToken", "The specified token is not valid.")
    start = int(token)
    end = start + given.get("MaxResults", PAGE)
    with asking_moto():
        backend = ssm_backends[request.caller.account][request.region]
        found = backend.describe_parameters(given.get("Filters", []), given.get("ParameterFilters", []))
    listed = [one.describe_response_object() for one in found[start:end]]
    for about in listed:
        del about["Value"]
    return {"Parameters": listed} | ({"NextToken": str(end)} if end < len(found) else {})
