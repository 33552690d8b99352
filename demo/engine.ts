import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { array, boolean, nullish, object, optional, parse, string } from 'valibot'
import { rememberNetwork, restoreNetwork } from './network.ts'
import { canInstall, install } from './packages.ts'
import { background, runs, stop, tail, waitFor } from './processes.ts'
import { DemoError, exec, must, which } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

/** The engine that the demo works with. */
export interface Engine {
  /** Environment for everything that talks to it. */
  readonly env: NodeJS.ProcessEnv
  /** How a reader's command starts: `docker`, or `docker -H …` for the demo's own engine. */
  readonly docker: string
  readonly architecture: string
  readonly nodeId: string
}

const Info = object({
  ServerVersion: optional(string()),
  Architecture: string(),
  OSType: string(),
  LiveRestoreEnabled: optional(boolean(), false),
  ServerErrors: nullish(array(string())),
  Swarm: object({
    NodeID: string(),
    LocalNodeState: string(),
    ControlAvailable: boolean(),
  }),
})

/** Uses the engine that answers, as it is; only where none does, Debian's is installed and started beside everything. */
export async function findEngine(home: Home, talk: Talk): Promise<Engine> {
  const env = await reachable(home, talk)
  home.note(env['DOCKER_HOST'] === undefined ? {} : { dockerHost: env['DOCKER_HOST'] })
  const nodeId = await swarmNode(env, home, talk)
  const { Architecture: architecture } = await info(env)
  const ours = home.state.engine?.host
  return { env, docker: ours === undefined ? 'docker' : `docker -H ${ours}`, architecture, nodeId }
}

async function reachable(home: Home, talk: Talk): Promise<NodeJS.ProcessEnv> {
  const own = home.state.engine
  if (own && (await answers(withHost(own.host)))) return withHost(own.host)
  const answer = await exec('docker', ['version', '--format', '{{.Server.Version}}'])
  if (answer.code === 0) {
    refuseRemote()
    // One of an earlier demo is gone, and somebody has started another since.
    home.forget('engine', 'network', 'dockerHost', 'swarm')
    talk.say(`Using the Docker engine that runs here (${answer.stdout.trim()}); it is left as it was.`)
    return { ...process.env }
  }
  await refuseUnreachable(answer.stderr.trim().split('\n').at(-1) ?? '')
  return startEngine(home, talk)
}

/** An engine that is there but cannot be used is never answered by a second one beside it. */
async function refuseUnreachable(reported: string): Promise<void> {
  if (/permission denied/i.test(reported)) throw new DemoError(`The Docker engine refuses this user: ${reported}`)
  const host = process.env['DOCKER_HOST']
  if (host) {
    throw new DemoError(`DOCKER_HOST is ${host}, but nothing answers there. Start it, or unset the variable.`)
  }
  if (await listens(SOCKET)) {
    throw new DemoError(
      `A Docker engine listens on ${SOCKET}, but there is no docker client that reaches it: ${reported}`,
    )
  }
  if (!canInstall()) {
    throw new DemoError(
      'No Docker engine answers. Start Docker and run this again; on Debian or Ubuntu, root can have the demo install one.',
    )
  }
}

const SOCKET = '/var/run/docker.sock'

function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function refuseRemote(): void {
  const host = process.env['DOCKER_HOST']
  if (host === undefined || /^unix:|^tcp:\/\/(?:localhost|127\.)/.test(host)) return
  throw new DemoError(
    `The demo needs an engine on this machine, because its registry listens on loopback; DOCKER_HOST is ${host}.`,
  )
}

/** Debian's engine, with every path of its own. */
async function startEngine(home: Home, talk: Talk): Promise<NodeJS.ProcessEnv> {
  const missing = [
    ...(which('dockerd') && which('docker') ? [] : ['docker.io']),
    ...(which('iptables') ? [] : ['iptables']),
    // Not the engine's, but the story's: better to say everything at once.
    ...(which('git') ? [] : ['git']),
  ]
  if (missing.length === 0) talk.say('No Docker engine runs here.')
  await install(missing, home, talk)
  const dockerd = which('dockerd')
  if (!dockerd) throw new DemoError('The package docker.io brought no dockerd.')
  const run = socketFolder(home)
  const host = `unix://${run}/docker.sock`
  talk.say(`Starting an engine of the demo's own: ${host}`)
  home.note({ engine: { host }, network: home.state.network ?? (await rememberNetwork()) })
  mkdirSync(run, { recursive: true, mode: 0o700 })
  const log = home.path('dockerd.log')
  const folders = ['--data-root', home.path('engine'), '--exec-root', `${run}/exec`, '--pidfile', `${run}/dockerd.pid`]
  // Root's own programs are not on every PATH, and the engine calls iptables.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const pid = background(dockerd, ['--host', host, ...folders], log, env)
  home.note({ engine: { host, pid } })
  const up = await talk.live('starting the engine', () =>
    waitFor(async () => !runs(pid, host) || (await answers(withHost(host))), 60_000),
  )
  if (!up || !runs(pid, host)) throw new DemoError(`The engine does not come up; ${log} ends with:\n  ${tail(log)}`)
  return withHost(host)
}

/** A socket's path must stay below 108 characters. */
function socketFolder(home: Home): string {
  const folder = home.path('run')
  return folder.length < 80 ? folder : '/run/immutable-deploy-demo'
}

function withHost(host: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, DOCKER_HOST: host }
  delete env['DOCKER_CONTEXT']
  delete env['DOCKER_TLS_VERIFY']
  return env
}

async function answers(env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await exec('docker', ['version', '--format', '{{.Server.Version}}'], { env })).code === 0
}

async function info(env: NodeJS.ProcessEnv): Promise<ReturnType<typeof readInfo>> {
  return readInfo(await must('docker', ['info', '--format', '{{json .}}'], { env }))
}

function readInfo(json: string) {
  return parse(Info, JSON.parse(json))
}

/** The engine's node in a Swarm that it manages; a Swarm of one node is made where there is none. */
async function swarmNode(env: NodeJS.ProcessEnv, home: Home, talk: Talk): Promise<string> {
  const { Swarm, LiveRestoreEnabled, OSType } = await info(env)
  if (OSType !== 'linux') throw new DemoError(`The engine runs ${OSType} containers; the demo needs Linux ones.`)
  if (Swarm.LocalNodeState === 'active') {
    if (!Swarm.ControlAvailable) {
      throw new DemoError(
        'This engine is a worker of a Swarm; the demo needs a manager. Run it there, or on a machine of its own.',
      )
    }
    return Swarm.NodeID
  }
  if (Swarm.LocalNodeState !== 'inactive') {
    throw new DemoError(`This engine's Swarm membership is ${Swarm.LocalNodeState}; the demo leaves that alone.`)
  }
  if (LiveRestoreEnabled) {
    throw new DemoError(
      'This engine runs with live-restore, which excludes Swarm, and the demo does not change its configuration. Run it on another machine.',
    )
  }
  talk.say('Making the engine a Swarm of one node (`npm run demo:clean` undoes it).')
  home.note({ swarm: true })
  await must('docker', ['swarm', 'init', '--advertise-addr', '127.0.0.1'], { env })
  return (await info(env)).Swarm.NodeID
}

/**
 * Ends the membership that the demo made, and the engine that it started.
 * @param busybox brings `ip` where the machine has none
 */
export async function removeEngine(home: Home, talk: Talk, busybox: string | undefined): Promise<void> {
  const { swarm, engine, dockerHost, network } = home.state
  const env = dockerHost === undefined ? process.env : withHost(dockerHost)
  if (swarm && (await answers(env))) {
    await talk.live('leaving the Swarm', () => exec('docker', ['swarm', 'leave', '--force'], { env }))
  }
  home.forget('swarm')
  if (!engine) return
  if (engine.pid !== undefined) {
    const { pid } = engine
    await talk.live('stopping the engine', () => stop(pid, engine.host, 30_000))
  }
  if (network) await restoreNetwork(network, home, busybox)
  await unmount(home)
  rmSync(engine.host.slice('unix://'.length).replace(/\/docker\.sock$/, ''), { recursive: true, force: true })
  home.forget('engine', 'dockerHost', 'network')
}

/** An engine mounts its folder on itself and does not always take that back. */
async function unmount(home: Home): Promise<void> {
  const folders = [home.folder, socketFolder(home)]
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  const ours = points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)))
  for (const point of ours.reverse()) await exec('umount', [point])
}
