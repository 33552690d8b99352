import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../test/harness/ports.ts'
import { makeApp, type App, type AppOptions, type Variant } from '../test/harness/images.ts'
import { node24, root } from '../test/harness/node.ts'
import { need } from '../test/harness/parts.ts'
import { startRegistry, type TestRegistry } from '../test/harness/registry.ts'
import { tempDir } from '../test/harness/temp.ts'
import { engine } from './engine.ts'
import type { Finished } from './measure.ts'
import { run } from './measure.ts'

export const SMOKE = 'startup: {ready: http GET :8080/healthz -> 200}'

interface How {
  cwd: string
  env?: NodeJS.ProcessEnv
  /** How it must end for the row to mean anything. */
  outcome?: string
}

/** Everything a row needs: an engine, a registry of its own, sample apps, and the bundles run as a runner runs them. */
export interface World {
  node: string
  socket: string
  docker: ReturnType<typeof engine>
  registry: TestRegistry
  /** The docker command whose `build` works without buildx. */
  dockerCommand: string
  app(variant?: Variant, options?: AppOptions): App
  action(
    name: 'release' | 'rollback' | 'preview',
    inputs: Record<string, string>,
    how: How,
  ): Promise<Finished & { outputs: Record<string, string> }>
  /** Two commits as proven images: what is released and what it is released over. */
  versions(image: string): Promise<Versions>
  actionEnv(inputs: Record<string, string>, env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv
  stop(): Promise<void>
}

export interface Versions {
  image: string
  digests: readonly [string, string]
  /** The work tree that both are commits of. */
  cwd: string
}

const dist = process.env['DIST_DIR'] ?? path.join(root, 'dist')

export async function world(): Promise<World> {
  const { DOCKER_HOST } = need('docker')
  const socket = DOCKER_HOST.replace('unix://', '')
  const registry = await startRegistry()
  const apps: App[] = []
  const files = tempDir('bench')
  let calls = 0
  const actionEnv = (inputs: Record<string, string>, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    const folder = path.join(files, String(++calls))
    mkdirSync(folder)
    const file = (name: string) => {
      writeFileSync(path.join(folder, name), '')
      return path.join(folder, name)
    }
    return {
      DOCKER_HOST,
      HOME: files,
      DOCKER_CONFIG: files,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: file('output'),
      GITHUB_STATE: file('state'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_RUN_ID: String(calls),
      GITHUB_ACTIONS: 'true',
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    }
  }
  const app: World['app'] = (variant, options) => {
    const made = makeApp(variant, options)
    apps.push(made)
    return made
  }
  const action: World['action'] = async (name, inputs, { cwd, env: extra, outcome }) => {
    const env = actionEnv(inputs, extra)
    const done = await run(node24, [path.join(dist, name, 'index.js')], { env, cwd })
    const outputs = outputsIn(readFileSync(env['GITHUB_OUTPUT'] ?? '', 'utf8'))
    if (outcome !== undefined && outputs['outcome'] !== outcome) throw new Error(done.stdout)
    return { ...done, outputs }
  }
  return {
    node: node24,
    socket,
    docker: engine(socket),
    registry,
    dockerCommand: process.env['BENCH_DOCKER'] ?? '/usr/bin/docker',
    actionEnv,
    app,
    action,
    async versions(image) {
      const made = app('healthy')
      const release = async (version: string) => {
        made.commit(version, { version })
        const done = await action('release', { image, smoke: SMOKE }, { cwd: made.dir, outcome: 'released' })
        return done.outputs['digest'] ?? ''
      }
      const digests = [await release('one'), await release('two')] as const
      return { image, digests, cwd: made.dir }
    },
    async stop() {
      for (const made of apps) made.remove()
      await registry.stop()
    },
  }
}

function outputsIn(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name = '', , value = ''] of text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)) found[name] = value
  return found
}

export { dist, freePort, root }
