import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import http from 'node:http'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Engine } from './engine.ts'
import { unpack } from './packages.ts'
import { background, stop, tail, waitFor } from './processes.ts'
import { DemoError, exec, must, which } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

const PORT = 5055
const CONTAINER = 'immutable-demo-registry'
const IMAGE = 'registry:2'

/** An empty registry on loopback. Debian's program where it can be had, else the registry image. Returns host:port. */
export async function startRegistry(engine: Engine, home: Home, talk: Talk): Promise<string> {
  await stopRegistry(home, engine.env)
  const port = await freePort()
  const address = `127.0.0.1:${String(port)}`
  const program = which('docker-registry') ?? (await unpack('docker-registry', 'usr/bin/docker-registry', home, talk))
  const start = program === undefined ? startContainer(engine, port, home, talk) : startProcess(program, address, home)
  await start
  const up = await waitFor(() => answers(address), 15_000)
  if (!up) throw new DemoError(`The registry does not come up. ${tail(home.path('registry.log'))}`)
  talk.say(`A registry listens on ${address}.`)
  return address
}

async function startProcess(program: string, address: string, home: Home): Promise<void> {
  const port = Number(address.split(':')[1])
  home.note({ registry: { kind: 'process', port } })
  mkdirSync(home.path('registry'), { recursive: true })
  const config = home.path('registry.yml')
  const log = ['log: {accesslog: {disabled: true}, level: warn}']
  const storage = [`storage: {filesystem: {rootdirectory: ${JSON.stringify(home.path('registry'))}}}`]
  writeFileSync(config, ['version: 0.1', ...log, ...storage, `http: {addr: "${address}"}`, ''].join('\n'))
  // Some distributions read the environment as configuration; only what is needed is passed on.
  const env = { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' }
  const pid = background(program, ['serve', config], home.path('registry.log'), env)
  home.note({ registry: { kind: 'process', port, pid } })
}

async function startContainer(engine: Engine, port: number, home: Home, talk: Talk): Promise<void> {
  talk.say(`Running the registry as a container (image ${IMAGE}).`)
  await rememberImage(IMAGE, engine, home)
  home.note({ registry: { kind: 'container', port } })
  const args = ['run', '-d', '--name', CONTAINER, '-p', `127.0.0.1:${String(port)}:5000`, IMAGE]
  await talk.live('starting the registry', () => must('docker', args, { env: engine.env }))
}

export async function stopRegistry(home: Home, env: NodeJS.ProcessEnv): Promise<void> {
  const { registry } = home.state
  if (registry?.kind === 'container') await exec('docker', ['rm', '-f', '-v', CONTAINER], { env })
  if (registry?.pid !== undefined) await stop(registry.pid, home.path('registry.yml'), 5000)
  home.forget('registry')
  rmSync(home.path('registry'), { recursive: true, force: true })
}

/** An image that is about to be pulled goes again with the demo, unless it was there already. */
export async function rememberImage(image: string, { env }: Engine, home: Home): Promise<void> {
  const { code } = await exec('docker', ['image', 'inspect', image], { env })
  if (code !== 0) home.note({ images: [...new Set([...(home.state.images ?? []), image])] })
}

/** The usual port if it is free, so that the story's image names stay the same from run to run. */
async function freePort(): Promise<number> {
  return (await tryPort(PORT)) ?? (await tryPort(0)) ?? PORT
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo
      server.close(() => resolve(address.port))
    })
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get(`http://${address}/v2/`, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('error', () => resolve(false))
  })
}
