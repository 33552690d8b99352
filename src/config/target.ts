import { existsSync } from 'node:fs'
import path from 'node:path'
import type { KubernetesRequest, SwarmRequest, TargetRequest } from '../domain/request.ts'
import { INPUTS } from './inputs.ts'
import type { Values } from './values.ts'

interface Names {
  readonly app: string
  readonly environment: string
}

/** Where to deploy; undefined with `deploy-to: none`. */
export function targetRequest(values: Values, cwd: string, names: Names): TargetRequest | undefined {
  const name = targetName(values)
  refuseOtherTargets(values, name)
  switch (name) {
    case 'swarm':
      return swarm(values, cwd, names)
    case 'kubernetes':
      return kubernetes(values, cwd, names)
    case 'none':
      return undefined
  }
}

function targetName(values: Values): 'none' | 'swarm' | 'kubernetes' {
  return values.choice('deploy-to') || 'none'
}

function common(values: Values, cwd: string, names: Names) {
  const workloads = values.list('workload')
  const manifests = values.list('manifests')
  if (workloads.length === 0 && manifests.length === 0) {
    values.fault('workload', `is needed with deploy-to: ${targetName(values)}: what is to be replaced`, {
      example: targetName(values) === 'swarm' ? 'web' : 'deployment/web',
    })
  }
  const twice = workloads.filter((workload, index) => workloads.indexOf(workload) !== index)
  if (twice.length > 0) values.fault('workload', `names ${twice.join(', ')} twice`)
  const absent = manifests.filter((file) => !existsSync(path.resolve(cwd, file)))
  if (absent.length > 0) values.fault('manifests', `${absent.join(', ')}: no such file or folder`)
  return { ...names, workloads, manifests, container: values.text('container'), strategy: values.choice('strategy') }
}

function swarm(values: Values, cwd: string, names: Names): SwarmRequest {
  const endpoint = values.foremost(['docker-host', 'docker-context'])
  const dockerHost = endpoint.includes('docker-host') ? values.text('docker-host') : undefined
  const dockerContext = endpoint.includes('docker-context') ? values.text('docker-context') : undefined
  const dockerCertPath = values.text('docker-cert-path')
  if (dockerHost !== undefined && !/^(?:unix|tcp|ssh):\/\/./.test(dockerHost)) {
    const guess = dockerHost.startsWith('/') ? `unix://${dockerHost}` : undefined
    const problem = 'must begin with unix://, tcp:// or ssh://'
    values.fault('docker-host', problem, guess === undefined ? {} : { suggestion: guess })
  }
  if (endpoint.length > 1) {
    values.fault('docker-context', 'cannot be given together with docker-host: both name the endpoint')
  }
  if (dockerCertPath !== undefined && !existsSync(path.resolve(cwd, dockerCertPath))) {
    values.fault('docker-cert-path', 'no such folder')
  }
  return { name: 'swarm', ...common(values, cwd, names), dockerHost, dockerContext, dockerCertPath }
}

const WORKLOAD = /^(?:[A-Za-z]+\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/

function kubernetes(values: Values, cwd: string, names: Names): KubernetesRequest {
  const base = common(values, cwd, names)
  const odd = base.workloads.filter((workload) => !WORKLOAD.test(workload))
  if (odd.length > 0) values.fault('workload', `${odd.join(', ')}: must be a name or kind/name`)
  const activeService = values.text('active-service')
  const previewService = values.text('preview-service')
  const bake = values.duration('bake')
  const blueGreen = base.strategy === 'blue-green'
  if (blueGreen && activeService === undefined) {
    values.fault('active-service', 'is needed with strategy: blue-green: the Service whose selector is switched')
  }
  if (activeService !== undefined && activeService === previewService) {
    values.fault('preview-service', 'must be another Service than active-service')
  }
  if (!blueGreen) {
    for (const name of ['active-service', 'preview-service', 'bake'] as const) {
      if (nearby(values, name))
        values.fault(name, 'has no effect without strategy: blue-green', { example: 'strategy: blue-green' })
    }
  }
  return {
    name: 'kubernetes',
    ...base,
    namespace: values.text('namespace'),
    kubeContext: values.text('kube-context'),
    kubectlVersion: values.text('kubectl-version'),
    activeService,
    previewService,
    bake,
    onBusy: values.choice('on-busy') === 'superseded' ? 'superseded' : 'wait',
  }
}

const NEEDS_A_TARGET: ReadonlySet<string> = new Set(['workload', 'container', 'manifests', 'strategy'])

/** Inputs of a target that is not chosen. In the file's shared parts they may stand for another environment. */
function refuseOtherTargets(values: Values, chosen: string): void {
  // Workflows that choose the target by an expression keep its inputs where it is none.
  if (values.given('deploy-to')?.value === 'none') return
  for (const input of INPUTS) {
    const another = input.target !== undefined && input.target !== chosen
    const homeless = chosen === 'none' && NEEDS_A_TARGET.has(input.name)
    if (!(another || homeless) || !nearby(values, input.name)) continue
    const wanted = input.target ?? 'swarm or kubernetes'
    const problem = another
      ? `belongs to deploy-to: ${wanted}, and deploy-to is ${chosen}`
      : 'has no effect: deploy-to is none'
    values.fault(input.name, problem, { example: `deploy-to: ${wanted}` })
  }
}

function nearby(values: Values, name: Parameters<Values['given']>[0]): boolean {
  const from = values.given(name)?.from
  return from === 'input' || from === 'environment'
}
