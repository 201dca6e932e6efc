"""Controls for pipelines and what they deliver."""

from __future__ import annotations

from org.controls.control import Control, Correction

controls = (
    Control(
        "CI-01",
        "GitHub and GitLab come in by OpenID Connect, from named repositories and environments, without keys",
        preventable=("rcp", "scp"),
        limit="policies keep strangers out; the repository is named by the trust of each role",
        detected_by=("ORG244",),
        reads=("iam:ListRoles", "iam:ListOpenIDConnectProviders"),
        correction=Correction.BY_HAND,
        care="`org render roles` writes trust policies that are narrow",
    ),
    Control(
        "CI-02",
        "CodeBuild runs without privileges, keeps logs, encrypts artifacts and holds no credentials",
        preventable=("scp",),
        config_rules=(
            "codebuild-project-environment-privileged-check",
            "codebuild-project-logging-enabled",
            "codebuild-project-artifact-encryption",
            "codebuild-project-source-repo-url-check",
            "codebuild-project-envvar-awscred-check",
        ),
        reads=("codebuild:BatchGetProjects",),
        correction=Correction.BY_HAND,
        fsbp=("CodeBuild.2", "CodeBuild.1"),
    ),
    Control(
        "CI-03",
        "Somebody approves before production, is told of it, and alarms roll back",
        preventable=("scp",),
        limit="policies keep an approval from being passed by, and ask for none",
        config_rules=("codedeploy-auto-rollback-monitor-enabled", "codepipeline-deployment-count-check"),
        reads=("codepipeline:GetPipeline", "codestar-notifications:ListNotificationRules"),
        correction=Correction.BY_HAND,
    ),
    Control(
        "CI-04",
        "ECR scans images when they come, keeps tags as they are and forgets old images",
        preventable=("rcp",),
        limit="a policy keeps strangers out; scanning is a setting",
        config_rules=(
            "ecr-private-image-scanning-enabled",
            "ecr-private-tag-immutability-enabled",
            "ecr-private-lifecycle-policy-configured",
        ),
        reads=("ecr:GetRegistryScanningConfiguration",),
        correction=Correction.AUTOMATIC,
        writes=("ecr:PutRegistryScanningConfiguration",),
        fsbp=("ECR.1", "ECR.2"),
    ),
    Control(
        "CI-05",
        "The stacks of the baseline are protected, and drift is noticed",
        preventable=("scp",),
        config_rules=("cloudformation-stack-notification-check",),
        reads=("cloudformation:DetectStackDrift",),
        correction=Correction.OPT_IN,
        writes=("cloudformation:UpdateTerminationProtection",),
    ),
)
