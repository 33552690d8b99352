/**
 * Every permanent code: what it means, why it usually happens, what to do. Codes are never renamed or removed;
 * `docs/errors.md` is generated from here. Add a code at the end of its group.
 */
interface Entry {
  readonly title: string
  readonly why: string
  readonly fix: string
}

function entry(title: string, why: string, fix: string): Entry {
  return { title, why, fix }
}

export const CATALOGUE = {
  // wrong use
  'invalid-input': entry(
    'Inputs are wrong',
    'One or more inputs or configuration values cannot be used. All faults are listed together.',
    'Correct the listed values; each shows an example that works.',
  ),
  'unsafe-event': entry(
    'Refused: the event must not do this',
    'Foreign code would be built while secrets are in reach (a fork’s commit on pull_request_target or workflow_run), or a target would be changed on an event that may not deploy.',
    'Build forks on the pull_request event, without secrets; deploy on push, workflow_dispatch, schedule, release, repository_dispatch, or workflow_run of the default branch.',
  ),
  'not-supported': entry(
    'The target cannot do this',
    'The chosen strategy or ability does not exist on this target.',
    'Choose what the message lists.',
  ),
  // source and policy
  'no-revision': entry(
    'The commit is unknown',
    'No work tree was found and the event names no commit.',
    'Check the repository out first, or set the revision input.',
  ),
  'dirty-tree': entry(
    'Tracked files differ from the commit',
    'The image would not be what the commit says.',
    'Commit the change, or remove what an earlier step modified; policy: warn lets it pass.',
  ),
  'secret-in-context': entry(
    'A credential-looking file would get into the image',
    'A file that is not in the commit looks like a secret, and the build context would send it.',
    'Delete it or list it in .dockerignore.',
  ),
  'older-than-running': entry(
    'Refused: an older commit than what runs',
    'The revision is an ancestor of what the environment runs now; a late run would move it back.',
    'Use the rollback action to go back on purpose, or on-older: allow.',
  ),
  'revision-mismatch': entry(
    'The work tree is at another commit than meant',
    'What would be built and promoted is not the commit that the event or the revision input names.',
    'Check that commit out, or name the one that is checked out with the revision input; policy: warn lets it pass.',
  ),
  'image-of-another-commit': entry(
    'The image says that it is of another commit',
    'The image’s own revision label, or its proof, names another commit than the one that it was to be released as.',
    'Release the commit that the image is of, or build this one.',
  ),
  'image-of-another-suffix': entry(
    'The image says that it is another image of this commit',
    'A commit can have several images, distinguished by tag-suffix. The image’s own label, or its proof, names another release tag than the one that it has or would get.',
    'Give the tag-suffix that the image was built with, or the digest of the image that is meant.',
  ),
  'runtime-labels': entry(
    'The image carries labels of running things',
    'Labels that mark containers and workloads (expires, run, app, …) came into the image, by its Dockerfile or its base image.',
    'Remove them from the Dockerfile, or build on a base image without them.',
  ),
  // build
  'build-failed': entry(
    'The build failed',
    'The Dockerfile or its context does not build.',
    'Read the build log above; the last step is named.',
  ),
  'build-not-supported': entry(
    'This builder cannot honour an input',
    'Without buildx the engine builds by its own API, which lacks some features.',
    'Add docker/setup-buildx-action before this step, or drop the listed inputs.',
  ),
  'inputs-differ': entry(
    'The same commit was released with other build inputs',
    'The release tag of this revision exists and was built differently; it never moves.',
    'Use the same inputs, or set tag-suffix for a second image of the same commit.',
  ),
  'engine-unreachable': entry(
    'No Docker engine answers',
    'Build and smoke need an engine on the runner.',
    'Start Docker, or set DOCKER_HOST.',
  ),
  'engine-error': entry(
    'The Docker engine refused or failed',
    'The engine answered a request with an error.',
    'Read the engine’s message.',
  ),
  // smoke
  'smoke-exited': entry(
    'The container exited',
    'The process ended before it was ready.',
    'Read its exit code and last log lines.',
  ),
  'smoke-oom': entry(
    'The container ran out of memory',
    'The kernel killed it.',
    'Raise the memory of the smoke container, or find the leak.',
  ),
  'smoke-restarted': entry(
    'The container restarted',
    'The process ended and was started again.',
    'Read its exit code and last log lines.',
  ),
  'smoke-unhealthy': entry(
    'The HEALTHCHECK says unhealthy',
    'The image’s own health check failed.',
    'Read the health log.',
  ),
  'smoke-wrong-platform': entry(
    'The image is for another architecture',
    'The runner cannot execute it.',
    'Build for the runner’s platform, or add it to platforms.',
  ),
  'smoke-cannot-start': entry(
    'The container cannot start',
    'The engine refused to start the entrypoint.',
    'Check entrypoint, command and user.',
  ),
  'smoke-not-ready': entry(
    'Not ready in time',
    'The readiness condition was not met within startup.within.',
    'Read the last answer and log lines; raise startup.within if it is only slow.',
  ),
  'smoke-check-failed': entry(
    'A smoke check failed',
    'The image started but does not do what the checks demand.',
    'Read what was expected and what came.',
  ),
  'smoke-service-failed': entry(
    'A dependency service of the smoke test failed',
    'The service did not become ready.',
    'Read its log lines.',
  ),
  'smoke-timeout': entry(
    'The smoke test took too long',
    'Its total time-out passed.',
    'Raise the timeout of the smoke file, or find what hangs.',
  ),
  'smoke-image-mismatch': entry(
    'What was smoked is not what was pushed',
    'Digests of the tested and the pushed image differ.',
    'Run again; if it stays, report it.',
  ),
  // registry
  'registry-denied': entry(
    'The registry refused',
    'The credentials lack a right, or there are none.',
    'Log in before this step; on ghcr.io add permissions: packages: write.',
  ),
  'registry-unreachable': entry(
    'The registry does not answer',
    'Network trouble, or the registry is down.',
    'Run again when it is back: nothing was changed.',
  ),
  'registry-error': entry(
    'The registry answered with an error',
    'The request failed after retries.',
    'Read the registry’s message.',
  ),
  'image-not-found': entry(
    'The image is not in the registry',
    'The digest or tag is absent.',
    'Choose one of the listed versions.',
  ),
  'image-incomplete': entry(
    'Part of the image is missing in the registry',
    'An index names a child that is absent, mostly after a clean-up.',
    'Build and release again.',
  ),
  'digest-mismatch': entry(
    'Bytes and digest differ',
    'A registry or proxy gave other bytes than asked for.',
    'Do not deploy; check the registry and what stands in front of it.',
  ),
  'tag-conflict': entry(
    'A tag that never moves points elsewhere',
    'Another image holds the name.',
    'Find out who wrote it; both digests are in the message.',
  ),
  // rollout, all targets
  'target-unreachable': entry(
    'The target does not answer',
    'Its API cannot be reached.',
    'Check the endpoint and the network.',
  ),
  'target-denied': entry('The target refuses', 'Permissions are missing.', 'Grant what the message lists.'),
  'workload-not-found': entry(
    'The workload does not exist',
    'Nothing of that name runs on the target.',
    'Create it with the printed command, or name its manifests.',
  ),
  'container-ambiguous': entry(
    'Which container?',
    'Several containers could take the image.',
    'Set the container input to one of the listed names.',
  ),
  'nothing-runs': entry(
    'Nothing would run',
    'The workload is scaled to zero or paused, so nothing can be proven.',
    'Scale it up or resume it first.',
  ),
  'manifest-invalid': entry(
    'A manifest cannot be used',
    'The file does not parse, or lacks what is needed.',
    'Correct the named file.',
  ),
  'job-failed': entry(
    'A Job of the manifests failed',
    'A release stands or falls with the Jobs that its manifests bring, such as a migration.',
    'Read the log lines of its pod; the next release runs a failed Job anew.',
  ),
  'image-pull-failed': entry(
    'The target cannot pull the image',
    'Missing image, missing credentials or an unreachable registry on the node.',
    'Check that the nodes may pull from the registry.',
  ),
  'crash-on-start': entry(
    'The new version crashes',
    'Its process ends right after the start.',
    'Read exit code and log lines.',
  ),
  exited: entry(
    'The new version ended by itself',
    'Its process ended with exit code 0, but a service must keep running.',
    'Run the process in the foreground.',
  ),
  'out-of-memory': entry(
    'The new version runs out of memory',
    'The kernel killed it at its limit.',
    'Raise the limit or find the leak.',
  ),
  'wrong-platform': entry(
    'The image is for another architecture than the node',
    'exec format error.',
    'Build for the nodes’ platform.',
  ),
  'cannot-start': entry(
    'The container cannot be created or started',
    'Entrypoint, mounts or configuration are at fault.',
    'Read the runtime’s message.',
  ),
  'bad-config-reference': entry(
    'Configuration that the workload refers to is missing',
    'A ConfigMap, Secret, config or key does not exist.',
    'Create it, or correct its name.',
  ),
  unhealthy: entry(
    'The new version is unhealthy',
    'Its health check or readiness probe fails.',
    'Read the probe and its last answer.',
  ),
  unschedulable: entry(
    'No node can take the new version',
    'Constraints, taints or resources do not fit.',
    'Read what the scheduler says.',
  ),
  'quota-exceeded': entry(
    'A quota refuses new replicas',
    'The namespace may not hold what they ask for beside what is there already.',
    'Raise the quota, free what it counts, or let the rolling update remove old pods first.',
  ),
  'admission-denied': entry(
    'An admission rule refuses new replicas',
    'A limit range, the Pod Security level or a webhook does not let them be created.',
    'Read the refusal: correct the pod template, or change the rule.',
  ),
  'died-after-ready': entry(
    'The new version died after it was ready',
    'A replica ran the right image, became healthy and then ended.',
    'Read exit code and log lines.',
  ),
  'wrong-digest': entry(
    'Something else runs than what was released',
    'A replica runs a digest that is not of the released image.',
    'Find out what rewrites images on the target.',
  ),
  reverted: entry('The target went back by itself', 'The platform reverted the rollout.', 'Read the reason it gives.'),
  'another-rollout': entry(
    'Another run replaced the workload',
    'While this run waited, somebody else changed it.',
    'Nothing to do if that was meant: the newer change wins.',
  ),
  'workload-gone': entry(
    'The workload was deleted or recreated',
    'It is not the object that this run changed.',
    'Find out who removed it.',
  ),
  'rollout-timeout': entry(
    'The rollout did not finish in time',
    'The time-out passed before every replica was proven.',
    'Read what was still pending; raise timeout if it is only slow.',
  ),
  'live-check-failed': entry(
    'A live check failed',
    'The rolled-out version does not do what live-checks demand.',
    'Read what was expected and what came.',
  ),
  'restore-failed': entry(
    'The previous version could not be restored',
    'The restore failed too: a person is needed.',
    'Read which workload runs which digest, and repair by hand.',
  ),
  'port-in-use': entry(
    'A port is taken already',
    'Another service publishes the port that this one would publish.',
    'Publish another port, or remove the service that the message names.',
  ),
  'network-unavailable': entry(
    'A network is missing or being removed',
    'The workload would be attached to a network that the target does not have, or that it is just taking away.',
    'Wait until it is gone and run again; an external network must be created first.',
  ),
  'target-error': entry(
    'The target failed at the request',
    'It reports an error of its own.',
    'Read what it says; its own log tells more.',
  ),
  'managed-elsewhere': entry(
    'Another tool owns the workload',
    'A GitOps controller or Helm would revert a direct change.',
    'Change it through that tool, or exclude the image field from it.',
  ),
  'target-refused': entry(
    'The target refuses the change',
    'It understood the request and does not take it.',
    'Read the target’s own words.',
  ),
  'name-taken': entry(
    'The name of the preview is taken',
    'Something that is not part of this preview has the name that a part of it would get.',
    'Remove or rename what the message lists, or give the app another name with app.',
  ),
  'removal-timeout': entry(
    'The removal did not finish in time',
    'Something that was asked to end still runs, or is still used.',
    'Read what is left; run again, which removes the rest.',
  ),
  // rollback
  'no-previous': entry(
    'There is no version to go back to',
    'No other version was verified in this environment.',
    'Name a version with to, or allow-unverified if you know it is good.',
  ),
  'not-verified': entry(
    'That version was never verified here',
    'Only versions that were healthy in this environment are candidates.',
    'Choose one of the listed versions, or set allow-unverified: true.',
  ),
  'version-ambiguous': entry(
    'Several versions match',
    'The abbreviated SHA is not unique.',
    'Give more digits or the digest.',
  ),
  'revision-inactive': entry(
    'The task definition was deregistered',
    'Amazon ECS starts no tasks of an inactive revision.',
    'Release the digest of that version again: this registers a new revision.',
  ),
  // previews
  'preview-not-wanted': entry(
    'The pull request has no preview now',
    'It is closed, is a draft, or does not carry the label that decides; or the event changes nothing of a preview.',
    'Nothing, if that was meant. Otherwise reopen it, or give it the label.',
  ),
  // GitHub
  'github-denied': entry(
    'GitHub refuses the token',
    'The job’s token lacks a permission, or nothing of that name exists.',
    'Give the job the `permissions:` that the message names, or set deployment-record: off.',
  ),
  'github-refused': entry(
    'GitHub does not accept the request',
    'GitHub understood the request and turned it down, for example because of a rule of the environment.',
    'Read GitHub’s own words in the message. The deployment itself does not depend on it.',
  ),
  'github-unavailable': entry(
    'GitHub does not answer',
    'The API could not be reached in time, answered with an error of its own, or its rate limit is reached.',
    'Run again later to complete the record. The deployment itself does not depend on it.',
  ),
  // run
  cancelled: entry(
    'Cancelled',
    'The run was cancelled from outside.',
    'Nothing, if that was meant; the message says what state was left behind.',
  ),
  'tool-missing': entry(
    'A tool is missing',
    'A program that this needs is not on the machine and could not be fetched.',
    'Install it, as the message says.',
  ),
  'internal-error': entry(
    'This is our bug',
    'Something happened that the code does not expect.',
    'Please report it with the log.',
  ),
} as const satisfies Record<string, Entry>

export type ReasonCode = keyof typeof CATALOGUE
