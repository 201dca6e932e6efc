"""Which events hand a role to a service, so that they need iam:PassRole on it too.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from functools import cache

from org.replay.parameters import path

PASSES = """
    apprunner CreateService UpdateService: instanceConfiguration.instanceRoleArn tasks.apprunner
    apprunner CreateService UpdateService: sourceConfiguration.authenticationConfiguration.accessRoleArn build.apprunner
    appsync CreateDataSource UpdateDataSource: serviceRoleArn appsync
    backup CreateBackupSelection: backupSelection.iamRoleArn backup
    backup StartBackupJob StartCopyJob StartRestoreJob: iamRoleArn backup
    batch CreateComputeEnvironment UpdateComputeEnvironment: serviceRole batch
    batch RegisterJobDefinition: containerProperties.jobRoleArn ecs-tasks
    batch RegisterJobDefinition: containerProperties.executionRoleArn ecs-tasks
    bedrock CreateAgent UpdateAgent: agentResourceRoleArn bedrock
    bedrock CreateKnowledgeBase CreateModelCustomizationJob UpdateKnowledgeBase: roleArn bedrock
    cloudformation ContinueUpdateRollback CreateChangeSet CreateStack DeleteStack UpdateStack: roleARN cloudformation
    cloudformation CreateStackSet UpdateStackSet: administrationRoleARN cloudformation
    cloudtrail CreateTrail UpdateTrail: cloudWatchLogsRoleArn cloudtrail
    codebuild CreateProject UpdateProject: serviceRole codebuild
    codedeploy CreateDeploymentGroup UpdateDeploymentGroup: serviceRoleArn codedeploy
    codepipeline CreatePipeline UpdatePipeline: pipeline.roleArn codepipeline
    config PutConfigurationRecorder: configurationRecorder.roleARN config
    datasync CreateLocationS3: s3Config.bucketAccessRoleArn datasync
    dlm CreateLifecyclePolicy UpdateLifecyclePolicy: executionRoleArn dlm
    ec2 AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation: iamInstanceProfile ec2
    ec2 CreateFlowLogs: deliverLogsPermissionArn vpc-flow-logs
    ec2 RequestSpotFleet: spotFleetRequestConfig.iamFleetRole spotfleet
    ec2 RunInstances: iamInstanceProfile ec2
    ecs CreateService UpdateService: role ecs
    ecs RegisterTaskDefinition: executionRoleArn ecs-tasks
    ecs RegisterTaskDefinition: taskRoleArn ecs-tasks
    ecs RunTask StartTask: overrides.executionRoleArn ecs-tasks
    ecs RunTask StartTask: overrides.taskRoleArn ecs-tasks
    eks CreateAddon UpdateAddon: serviceAccountRoleArn eks
    eks CreateCluster: roleArn eks
    eks CreateFargateProfile: podExecutionRoleArn eks-fargate-pods
    eks CreateNodegroup: nodeRole ec2
    eks CreatePodIdentityAssociation UpdatePodIdentityAssociation: roleArn pods.eks
    elasticmapreduce RunJobFlow: jobFlowRole ec2
    elasticmapreduce RunJobFlow: serviceRole elasticmapreduce
    emr-serverless StartJobRun: executionRoleArn emr-serverless
    events PutRule: roleArn events
    events PutTargets: targets.roleArn events
    firehose CreateDeliveryStream: extendedS3DestinationConfiguration.roleARN firehose
    firehose CreateDeliveryStream: s3DestinationConfiguration.roleARN firehose
    glue CreateCrawler CreateJob UpdateCrawler: role glue
    glue CreateDevEndpoint: roleArn glue
    glue UpdateJob: jobUpdate.role glue
    guardduty CreateMalwareProtectionPlan UpdateMalwareProtectionPlan: role malware-protection-plan.guardduty
    kinesisanalytics CreateApplication: serviceExecutionRole kinesisanalytics
    lambda CreateFunction UpdateFunctionConfiguration: role lambda
    logs PutDestination PutSubscriptionFilter: roleArn logs
    mediaconvert CreateJob: role mediaconvert
    medialive CreateChannel UpdateChannel: roleArn medialive
    pipes CreatePipe UpdatePipe: roleArn pipes
    rds AddRoleToDBCluster AddRoleToDBInstance: roleArn rds
    rds CreateDBInstance ModifyDBInstance: monitoringRoleArn monitoring.rds
    rds StartExportTask: iamRoleArn export.rds
    redshift CreateCluster: iamRoles redshift
    redshift ModifyClusterIamRoles: addIamRoles redshift
    s3 CreateJob: roleArn batchoperations.s3
    s3 PutReplicationConfiguration: replicationConfiguration.role s3
    sagemaker CreateDomain: defaultUserSettings.executionRole sagemaker
    sagemaker CreateModel: executionRoleArn sagemaker
    sagemaker CreateNotebookInstance CreateProcessingJob CreateTrainingJob CreateTransformJob: roleArn sagemaker
    scheduler CreateSchedule UpdateSchedule: target.roleArn scheduler
    ssm CreateActivation: iamRole ssm
    ssm RegisterTaskWithMaintenanceWindow SendCommand UpdateMaintenanceWindowTask: serviceRoleArn ssm
    states CreateStateMachine UpdateStateMachine: roleArn states
    transfer CreateServer UpdateServer: loggingRole transfer
    transfer CreateUser UpdateUser: role transfer
"""
"""A service, names of actions, and after the colon the parameter that names the role and the service that gets it."""


@cache
def _table() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in PASSES.strip().split("\n"):
        events, _, passed = line.partition(":")
        service, *called = events.split()
        parameter, receiver = passed.split()
        for name in called:
            found.setdefault(f"{service}:{name}".lower(), []).append((path(parameter), f"{receiver}.amazonaws.com"))
    return {action: tuple(pairs) for action, pairs in found.items()}


def passed(action: str) -> tuple[tuple[str, str], ...]:
    """The parameters of an action that name a role, as `gather` spells them, each with the service that gets it."""
    return _table().get(action.lower(), ())
