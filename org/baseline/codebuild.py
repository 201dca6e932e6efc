"""CodeBuild runs without privileges, keeps logs, encrypts artifacts and holds no credentials: reported.

https://docs.aws.amazon.com/codebuild/latest/userguide/security-best-practices.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from org.baseline import Component, Where
from org.baseline._checks import Check, Checks
from org.baseline._environment import suspicious

if TYPE_CHECKING:
    from org.aws.cloud import Cloud
    from org.baseline import Scope, Things

MOST = 100
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html"""
PLAIN = "PLAINTEXT"
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
CHECKS = Checks(
    "project",
    {
        "unprivileged": Check("CI-02", "builds with privileges", "only builds of container images need them"),
        "logs": Check("CI-02", "keeps no logs"),
        "encrypted": Check("CI-02", "does not encrypt what it makes"),
        "sources": Check("CI-02", "has credentials in the address of a source", "use a connection, and change them"),
        "environment": Check(
            "CI-02", "has variables in plain text that sound like secrets", "take them from Secrets Manager"
        ),
    },
)


def read(cloud: Cloud, _: Scope) -> Things:
    """What each project is like, a hundred in a call."""
    names = list(cloud.pages("codebuild", "list_projects", "projects", token="nextToken"))
    found: dict[str, Any] = {}
    for start in range(0, len(names), MOST):
        some = names[start : start + MOST]
        for project in cloud.call("codebuild", "batch_get_projects", names=some)["projects"]:
            found[project["name"]] = _state(project)
    return found


def _state(project: dict[str, Any]) -> dict[str, Any]:
    environment, logs = project.get("environment", {}), project.get("logsConfig", {})
    kept = [logs.get("cloudWatchLogs", {}).get("status", "ENABLED"), logs.get("s3Logs", {}).get("status", "DISABLED")]
    made = [project.get("artifacts", {}), *project.get("secondaryArtifacts", ())]
    sources = [project.get("source", {}), *project.get("secondarySources", ())]
    plain = [one["name"] for one in environment.get("environmentVariables", ()) if one.get("type", PLAIN) == PLAIN]
    return {
        "unprivileged": not environment.get("privilegedMode"),
        "logs": "ENABLED" in kept,
        "encrypted": not any(one.get("encryptionDisabled") for one in made),
        "sources": not any("@" in urlsplit(one.get("location", "")).netloc for one in sources),
        "environment": sorted({*suspicious(plain), *(name for name in plain if name in CREDENTIALS)}),
    }


component = Component(
    name="codebuild",
    title="CodeBuild projects",
    description="Projects that build with privileges, keep no logs, do not encrypt what they make or hold credentials "
    "in an address or a variable are reported, never with a value. Nothing is changed.",
    where=Where.REGION,
    settings=CHECKS.settings,
    reads=("codebuild:ListProjects", "codebuild:BatchGetProjects"),
    read=read,
    findings=CHECKS.findings,
    controls=CHECKS.controls,
)
