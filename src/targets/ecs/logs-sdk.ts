// The parts of the SDK for CloudWatch Logs that are used; loaded only when a task has failed.
export { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
