"""HTTP and WebSocket APIs of API Gateway and their stages, as their API pages have them: kept, and never deployed."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def the(request: Request) -> dict[str, Any]:
    """The API that the call names, with its stages."""
    found: dict[str, Any] | None = shelf(request, "apis").get(request.parameters["ApiId"])
    if found is None:
        raise Refusal("NotFoundException", "Invalid API identifier specified", status=404)
    return found


@answers("apigatewayv2", Audience.ANYBODY)
def create_api(request: Request) -> dict[str, Any]:
    """An API is there; APIs may share a name."""
    name = "".join(request.world.random.choices(LETTERS, k=10))
    api = {"RouteSelectionExpression": "$request.method $request.path", **request.parameters, "ApiId": name}
    shelf(request, "apis")[name] = {"api": api, "stages": {}}
    return api


@answers("apigatewayv2", Audience.ANYBODY)
def get_apis(request: Request) -> dict[str, Any]:
    """The APIs, on one page."""
    return {"Items": [one["api"] for one in shelf(request, "apis").values()]}


@answers("apigatewayv2", Audience.ANYBODY)
def create_stage(request: Request) -> dict[str, Any]:
    """The API has the stage, once."""
    stages, name = the(request)["stages"], request.parameters["StageName"]
    if name in stages:
        raise Refusal("ConflictException", "Stage already exists", status=409)
    stages[name] = {key: value for key, value in request.parameters.items() if key != "ApiId"}
    return dict(stages[name])


@answers("apigatewayv2", Audience.ANYBODY)
def get_stages(request: Request) -> dict[str, Any]:
    """The stages of the API."""
    return {"Items": list(the(request)["stages"].values())}
