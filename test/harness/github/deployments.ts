// Deployments, their statuses, and artifact deployment records, with GitHub's rules.
import type { Asked, DeploymentRecord, Row, StatusRecord, World } from './model.ts'
import { appOf, holds, invalid, notFound, Refusal, textOf, userOf } from './model.ts'
import { complete } from './openapi.ts'

const REPO = '/repos/{owner}/{repo}'
const LONGEST = 140

function shown(world: World, one: DeploymentRecord): object {
  const { id, sha, ref, task, environment, payload, description, creator, at, production, transient } = one
  return complete('deployment', {
    ...{ id, sha, ref, task, environment, description, created_at: at, updated_at: at },
    // GitHub gives a text back as it was sent, and an object as an object.
    payload,
    original_environment: environment,
    production_environment: production,
    transient_environment: transient,
    creator: userOf(creator),
    performed_via_github_app: appOf(creator),
    url: `https://api.github.test/repos/${world.owner}/${world.repository}/deployments/${String(id)}`,
  })
}

function shownStatus(
  one: DeploymentRecord,
  { id, state, description, log_url, environment_url }: StatusRecord,
): object {
  return complete('deployment-status', {
    ...{ id, state, description, log_url, environment_url, environment: one.environment },
    target_url: log_url,
    creator: userOf(one.creator),
  })
}

export const stateOf = ({ statuses }: DeploymentRecord): string => statuses.at(-1)?.state ?? 'pending'

function find({ world, values }: Asked): DeploymentRecord {
  const found = world.deployments.find(({ id }) => String(id) === values.deployment_id)
  if (!found) throw notFound()
  return found
}

function shaOf(world: World, ref: string): string {
  const sha = world.refs.get(ref) ?? (world.ancestors.has(ref) ? ref : undefined)
  if (sha !== undefined) return sha
  if (holds(world, 'known-ref')) throw new Refusal(422, `No ref found for: ${ref}`)
  return ref
}

function create(asked: Asked): ReturnType<Row['answer']> {
  const { world, body, token } = asked
  const ref = textOf(body.ref)
  const sha = shaOf(world, ref)
  const { auto_merge: merges = true, required_contexts: contexts } = body
  if (holds(world, 'auto-merge') && merges !== false && world.behind.has(sha)) {
    return { status: 202, body: { message: `Auto-merged main into ${ref} on deployment.` } }
  }
  const wantsGreen = !Array.isArray(contexts) || contexts.length > 0
  if (holds(world, 'required-contexts') && wantsGreen && world.notGreen.has(sha)) {
    throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`)
  }
  const description = typeof body.description === 'string' ? body.description : null
  checkLength(world, description ?? '')
  const environment = textOf(body.environment, 'production')
  const record: DeploymentRecord = {
    id: (world.nextId += 1),
    ...{ sha, ref, description, environment, creator: token, statuses: [] },
    task: textOf(body.task, 'deploy'),
    payload: body.payload ?? {},
    transient: body.transient_environment === true,
    production:
      typeof body.production_environment === 'boolean' ? body.production_environment : environment === 'production',
    at: new Date().toISOString(),
  }
  world.deployments.push(record)
  return { status: 201, body: shown(world, record) }
}

function checkLength(world: World, description: string): void {
  if (holds(world, 'description-length') && description.length > LONGEST) {
    throw invalid(`description is too long (maximum is ${String(LONGEST)} characters)`)
  }
}

function setStatus(asked: Asked): ReturnType<Row['answer']> {
  const { world, body } = asked
  const one = find(asked)
  const description = textOf(body.description)
  checkLength(world, description)
  for (const name of ['log_url', 'environment_url', 'target_url']) {
    const url = textOf(body[name])
    if (url !== '' && !/^https?:\/\//.test(url)) throw invalid(`${name} must use http(s) scheme`)
  }
  const status: StatusRecord = {
    id: (world.nextId += 1),
    state: textOf(body.state),
    description,
    log_url: textOf(body.log_url, textOf(body.target_url)),
    environment_url: textOf(body.environment_url),
  }
  one.statuses.push(status)
  if (status.state === 'success' && body.auto_inactive !== false && holds(world, 'auto-inactive'))
    retireOthers(world, one)
  return { status: 201, body: shownStatus(one, status) }
}

/** Of the same environment, earlier, active, neither transient nor production: as the documentation of auto_inactive says. */
function retireOthers(world: World, one: DeploymentRecord): void {
  const others = world.deployments.filter(
    ({ id, environment, transient }) => id < one.id && environment === one.environment && !transient,
  )
  for (const other of others) {
    if (stateOf(other) !== 'success') continue
    if (other.production && holds(world, 'auto-inactive-spares-production')) continue
    other.statuses.push({
      id: (world.nextId += 1),
      state: 'inactive',
      description: '',
      log_url: '',
      environment_url: '',
    })
  }
}

function remove(asked: Asked): ReturnType<Row['answer']> {
  const { world } = asked
  const one = find(asked)
  const isActive = stateOf(one) === 'success' || stateOf(one) === 'in_progress'
  if (holds(world, 'delete-inactive-only') && isActive && world.deployments.length > 1) {
    throw new Refusal(422, 'Validation Failed', {
      errors: ['We cannot delete an active deployment unless it is the only one.'],
    })
  }
  world.deployments.splice(world.deployments.indexOf(one), 1)
  return { status: 204 }
}

function list({ world, query }: Asked): ReturnType<Row['answer']> {
  const wanted = (name: 'sha' | 'ref' | 'task' | 'environment') => query.get(name) ?? 'none'
  const matches = (one: DeploymentRecord) =>
    (['sha', 'ref', 'task', 'environment'] as const).every(
      (name) => wanted(name) === 'none' || one[name] === wanted(name),
    )
  return {
    list: world.deployments
      .filter(matches)
      .toReversed()
      .map((one) => shown(world, one)),
  }
}

function recordArtifact({ world, values, body }: Asked): ReturnType<Row['answer']> {
  if (values.org !== world.owner) throw notFound()
  const slot = ['logical_environment', 'physical_environment', 'cluster', 'deployment_name']
  const known = world.artifacts.findIndex((one) => slot.every((name) => one[name] === body[name]))
  if (known >= 0) world.artifacts.splice(known, 1)
  world.artifacts.push(body)
  return { status: 200, body: { total_count: 1 } }
}

export const DEPLOYMENT_ROWS: Readonly<Record<string, Row>> = {
  [`GET ${REPO}/deployments`]: { needs: ['deployments', 'read'], answer: list },
  [`POST ${REPO}/deployments`]: { needs: ['deployments', 'write'], answer: create },
  [`GET ${REPO}/deployments/{deployment_id}`]: {
    needs: ['deployments', 'read'],
    answer: (asked) => ({ status: 200, body: shown(asked.world, find(asked)) }),
  },
  [`DELETE ${REPO}/deployments/{deployment_id}`]: { needs: ['deployments', 'write'], answer: remove },
  [`GET ${REPO}/deployments/{deployment_id}/statuses`]: {
    needs: ['deployments', 'read'],
    answer: (asked) => {
      const one = find(asked)
      return { list: one.statuses.toReversed().map((status) => shownStatus(one, status)) }
    },
  },
  [`POST ${REPO}/deployments/{deployment_id}/statuses`]: { needs: ['deployments', 'write'], answer: setStatus },
  'POST /orgs/{org}/artifacts/metadata/deployment-record': {
    needs: ['artifact-metadata', 'write'],
    answer: recordArtifact,
  },
}
