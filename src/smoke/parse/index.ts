import type { Node } from 'yaml'
import { Scalar } from 'yaml'
import type { Document } from '../../domain/request.ts'
import type { Fault } from '../../errors/deploy-error.ts'
import type { YamlTree } from '../../inputs/yaml.ts'
import { readTree } from '../../inputs/yaml.ts'
import type { SmokeSpec } from '../spec.ts'
import { DEFAULTS, defaultSpec } from '../spec.ts'
import { readChecks } from './checks.ts'
import type { Reach } from './container.ts'
import { readContainer, readServices } from './container.ts'
import { KEYS } from './keys.ts'
import { readReadiness } from './readiness.ts'
import type { Value } from './reader.ts'
import { Reader } from './reader.ts'
import type { Variables } from './variables.ts'

export interface Parsed {
  /** Usable only without faults. */
  readonly spec: SmokeSpec
  readonly faults: readonly Fault[]
}

/** @param folder what `env-file` is relative to */
export async function parse(document: Document, variables: Variables, folder: string): Promise<Parsed> {
  const tree = readTree(document.text, { hasPlainKeys: true })
  const reader = new Reader(tree.document, tree.lines, document.source, variables)
  const root: Value = { node: tree.root ?? undefined, name: 'smoke' }
  if (tree.faults.length > 0) return { spec: defaultSpec(), faults: tree.faults.map(syntaxFault(reader)) }
  const { limits } = document
  const spec = reader.isEmpty(root) ? undefined : await readDocument(reader, root, { folder, limits })
  if (reader.isEmpty(root))
    reader.fault(root, 'the file is empty', { example: 'checks: [{http: GET :8080/healthz -> 200}]' })
  return { spec: spec ?? defaultSpec(), faults: reader.faults }
}

async function readDocument(reader: Reader, root: Value, reach: Reach): Promise<SmokeSpec | undefined> {
  // A bare list is the list of checks: the shortest file that demands something.
  if (reader.isList(root)) return { ...defaultSpec(), checks: readChecks(reader, { ...root, name: 'checks' }) }
  const fields = reader.fields({ ...root, name: '' }, KEYS.document, 'checks: [{http: GET :8080/healthz -> 200}]')
  if (!fields) return undefined
  const plain = defaultSpec()
  const container = fields.get('container')
  const services = fields.get('services')
  const startup = fields.get('startup')
  const checks = fields.get('checks')
  const timeout = fields.get('timeout')
  const internal = fields.get('internal')
  const probe = fields.get('probe')
  const started = startup ? readStartup(reader, startup) : plain.startup
  const spec: SmokeSpec = {
    container: container ? await readContainer(reader, container, reach) : plain.container,
    services: services ? await readServices(reader, services, reach) : [],
    internal: (internal && reader.boolean(internal)) ?? false,
    startup: started,
    timeout: (timeout && reader.duration(timeout, '5m')) ?? started.within + DEFAULTS.timeout,
    probe: (probe && reader.choice(probe, ['auto', 'host', 'ip', 'sidecar'])) ?? 'auto',
    checks: checks ? readChecks(reader, checks) : [],
  }
  refuseContradictions(reader, spec, { checks, timeout })
  return spec
}

function readStartup(reader: Reader, value: Value): SmokeSpec['startup'] {
  const plain = defaultSpec().startup
  const fields = reader.fields(value, KEYS.startup, '{within: 60s, ready: healthcheck}')
  const within = fields?.get('within')
  const ready = fields?.get('ready')
  const stayUp = fields?.get('stay-up')
  return {
    within: (within && reader.duration(within, '60s')) ?? plain.within,
    ready: (ready && readReadiness(reader, ready)) ?? plain.ready,
    stayUp: stayUp && reader.duration(stayUp, '3s'),
  }
}

function refuseContradictions(
  reader: Reader,
  spec: SmokeSpec,
  at: { checks?: Value | undefined; timeout?: Value | undefined },
): void {
  if (at.timeout && spec.timeout < spec.startup.within) {
    reader.fault(at.timeout, 'timeout covers the whole test and cannot be shorter than startup.within', {
      example: '5m',
    })
  }
  if (spec.startup.ready.kind !== 'exit' || !at.checks) return
  const alive = spec.checks.find((check) => ['http', 'tcp', 'exec', 'stop'].includes(check.kind))
  if (alive) reader.fault(at.checks, `${alive.name} needs a running container, but with ready: exit it has ended`)
}

const QUOTES = 'check the indentation, and put values with ${, {, [, !, * or ": " in quotes'

function syntaxFault(reader: Reader): (fault: YamlTree['faults'][number]) => Fault {
  return ({ at: [start, end], problem, isDuplicate }) => {
    const node: Node = new Scalar(null)
    node.range = [start, end, end]
    reader.fault({ node, name: 'smoke' }, problem, isDuplicate ? {} : { suggestion: QUOTES })
    return reader.faults.at(-1) ?? { name: 'smoke', problem }
  }
}
