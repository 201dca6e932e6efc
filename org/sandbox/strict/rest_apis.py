"""REST APIs of API Gateway and their stages, as their API pages have them: kept, and never deployed."""

from __future__ import annotations

from typing import Any

from org.sandbox.strict.refusal import Refusal
from org.sandbox.strict.registry import Audience, Request, answers
from org.sandbox.strict.stored import shelf

MADE = "2026-01-01T00:00:00Z"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
PAGE = 25
EVERY_METHOD = "*/*"
SETTINGS = {
    "logging/loglevel": "loggingLevel",
    "caching/enabled": "cachingEnabled",
    "caching/dataEncrypted": "cacheDataEncrypted",
}
"""Settings of methods by the end of their path (API page UpdateStage, `patch-operations`)."""


def the(request: Request) -> dict[str, Any]:
    """The API that the call names, with its stages."""
    found: dict[str, Any] | None = shelf(request, "apis").get(request.parameters["restApiId"])
    if found is None:
        raise Refusal("NotFoundException", "Invalid API identifier specified", status=404)
    return found


@answers("apigateway", Audience.ANYBODY)
def create_rest_api(request: Request) -> dict[str, Any]:
    """An API is there; APIs may share a name."""
    name = "".join(request.world.random.choices(LETTERS, k=10))
    api = {**request.parameters, "id": name, "createdDate": MADE}
    shelf(request, "apis")[name] = {"api": api, "stages": {}}
    return api


@answers("apigateway", Audience.ANYBODY)
def get_rest_apis(request: Request) -> dict[str, Any]:
    """The APIs, 25 a page or as many as the call asks for."""
    position, size = request.parameters.get("position") or "0", request.parameters.get("limit") or PAGE
    if not position.isdecimal():
        raise Refusal("BadRequestException", "Invalid position parameter specified")
    start, apis = int(position), [one["api"] for one in shelf(request, "apis").values()]
    more = {"position": str(start + size)} if start + size < len(apis) else {}
    return {"items": apis[start : start + size], **more}


@answers("apigateway", Audience.ANYBODY)
def create_stage(request: Request) -> dict[str, Any]:
    """The API has the stage, once."""
    stages, name = the(request)["stages"], request.parameters["stageName"]
    if name in stages:
        raise Refusal("ConflictException", "Stage already exists", status=409)
    given = {key: value for key, value in request.parameters.items() if key != "restApiId"}
    stages[name] = {"cacheClusterEnabled": False, "tracingEnabled": False, **given, "methodSettings": {}}
    return dict(stages[name])


@answers("apigateway", Audience.ANYBODY)
def get_stages(request: Request) -> dict[str, Any]:
    """The stages of the API."""
    return {"item": list(the(request)["stages"].values())}


@answers("apigateway", Audience.ANYBODY)
def update_stage(request: Request) -> dict[str, Any]:
    """Settings of all methods of the stage are as given."""
    stage = the(request)["stages"].get(request.parameters["stageName"])
    if stage is None:
        raise Refusal("NotFoundException", "Invalid stage identifier specified", status=404)
    for patch in request.parameters.get("patchOperations", ()):
        setting = SETTINGS.get(patch["path"].removeprefix(f"/{EVERY_METHOD}/"))
        if patch["op"] != "replace" or setting is None:
            raise Refusal("BadRequestException", f"Invalid patch path {patch['path']}")
        value = patch["value"] if setting == "loggingLevel" else patch["value"] == "true"
        stage["methodSettings"].setdefault(EVERY_METHOD, {})[setting] = value
    return dict(stage)
