// What of the lab (test/lab) this machine has.
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

interface Parts {
  docker: { DOCKER_HOST: string }
  registry: { REGISTRY: string; HTPASSWD: string }
  ssh: { SSHD: string }
  buildkit: { BUILDX_PLUGIN: string; BUILDKITD: string }
  kubernetes: { KUBECONFIG: string; REGISTRY_GATEWAY?: string }
  kwok: { KWOK_LABEL: string }
  act: { ACT: string }
  ecs: { MINISTACK: string }
  lint: { ACTIONLINT: string; ZIZMOR: string; LANGUAGE_SERVICE?: string }
}
export type PartName = keyof Parts
export interface Missing {
  ok: false
  why: string
  how: string
}
export type Lab = { [P in PartName]: ({ ok: true } & Parts[P]) | Missing }

const names: readonly PartName[] = ['docker', 'registry', 'ssh', 'buildkit', 'kubernetes', 'kwok', 'act', 'ecs', 'lint']
const home = process.env.LAB_HOME ?? path.join(homedir(), '.cache', 'immutable-deploy-lab')

export function readLab(file = process.env.LAB_ENV ?? path.join(home, 'env.json')): Lab {
  const parts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Lab>) : {}
  const part = (name: PartName) => {
    const found: Lab[PartName] | undefined = parts[name]
    if (found === undefined) return { ok: false, why: 'not started', how: 'npm run lab' }
    // The file outlives what it describes, a restart of the machine for one.
    const gone = Object.values<unknown>({ ...found }).find((value) => {
      const place = /^(?:unix:\/\/)?(\/.*)$/.exec(typeof value === 'string' ? value : '')?.[1]
      return place !== undefined && !existsSync(place)
    })
    return found.ok && gone !== undefined
      ? { ok: false, why: `${JSON.stringify(gone)} is gone`, how: 'npm run lab' }
      : found
  }
  return Object.fromEntries(names.map((name) => [name, part(name)])) as unknown as Lab
}

export const lab = readLab()

/** The variables of a part, typed; throws where `describeWith` would have left the test out. */
export function need<P extends PartName>(name: P): Parts[P] {
  const part = lab[name]
  if (!part.ok) throw new Error(`the lab has no ${name}: ${part.why} (${part.how})`)
  return part as Parts[P]
}

/** The variables of several parts, as an environment for a child process. */
export function labEnv(...parts: PartName[]): Record<string, string> {
  return Object.fromEntries(
    parts.flatMap((name) => Object.entries(need(name)).filter((entry) => typeof entry[1] === 'string')),
  )
}
