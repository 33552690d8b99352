import { existsSync } from 'node:fs'
import path from 'node:path'
import type { TargetRequest } from '../../domain/request.ts'
import type { Values } from '../../inputs/values.ts'
import type { SharedInput, TargetCommon } from '../shared/kind.ts'
import type { SWARM_INPUTS } from './inputs.ts'

export interface SwarmRequest extends TargetRequest {
  readonly name: 'swarm'
  readonly dockerHost: string | undefined
  readonly dockerContext: string | undefined
  readonly dockerCertPath: string | undefined
}

export function readSwarm(
  values: Values<(typeof SWARM_INPUTS)[number] | SharedInput>,
  { cwd, ...common }: TargetCommon,
): SwarmRequest {
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
  return { name: 'swarm', ...common, dockerHost, dockerContext, dockerCertPath }
}
