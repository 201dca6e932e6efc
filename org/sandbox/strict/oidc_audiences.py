"""Audiences of OpenID Connect providers, one by one, which moto lacks; the providers themselves are moto's.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html
"""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers

MOST = 100


def audiences(request: Request) -> list[str]:
    """The audiences of the provider that the call names."""
    from moto.iam.models import iam_backends

    arn = request.parameters["OpenIDConnectProviderArn"]
    provider = iam_backends[request.caller.account]["aws"].open_id_providers.get(arn)
    if provider is None:
        raise Refusal("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", status=404)
    found: list[str] = provider.client_id_list
    return found


@answers("iam", Audience.ANYBODY)
def add_client_id_to_open_id_connect_provider(request: Request) -> dict[str, Any]:
    """The provider has the audience; once more is no error."""
    there, new = audiences(request), request.parameters["ClientID"]
    if new not in there and len(there) >= MOST:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST}", status=409)
    if new not in there:
        there.append(new)
    return {}


@answers("iam", Audience.ANYBODY)
def remove_client_id_from_open_id_connect_provider(request: Request) -> dict[str, Any]:
    """The provider has not the audience; one that it never had is no error."""
    there = audiences(request)
    there[:] = [one for one in there if one != request.parameters["ClientID"]]
    return {}
