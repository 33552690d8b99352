import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { need } from './parts.ts'
import { freePort, reachableFromCluster } from './ports.ts'
import { eventually, tempDir } from './temp.ts'

export interface RegistryOptions {
  auth?: { user: string; password: string }
  tls?: boolean
  readonly?: boolean
  delete?: boolean
}

export interface TestRegistry {
  /** `127.0.0.1:PORT`: the host part of image references. */
  host: string
  url: string
  /** The certificate's file, with `tls`. */
  ca?: string
  /** What the registry printed so far, one request a line. */
  log: () => string
  stop: () => Promise<void>
  /** After `stop`: the same host and content again. */
  start: () => Promise<void>
}

/** A certificate that signs itself, for 127.0.0.1 and localhost unless told otherwise. */
export function selfSigned(dir: string, names = 'IP:127.0.0.1,DNS:localhost'): { cert: string; key: string } {
  const cert = path.join(dir, 'cert.pem')
  const key = path.join(dir, 'key.pem')
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
  execFileSync(
    'openssl',
    [...request, '-subj', '/CN=lab', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert],
    {
      stdio: 'ignore',
    },
  )
  return { cert, key }
}

/** A registry of its own for one test: storage in a temporary folder, no cache that could hide a fault. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const { REGISTRY, HTPASSWD } = need('registry')
  const dir = tempDir('registry')
  const tls = options.tls === true ? selfSigned(dir) : undefined
  const htpasswd = path.join(dir, 'htpasswd')
  if (options.auth) {
    const { user, password } = options.auth
    writeFileSync(htpasswd, execFileSync(HTPASSWD, ['-Bni', '-C', '4', user], { input: `${password}\n` }))
  }
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const config = {
    version: '0.1',
    log: { level: 'info', formatter: 'text' },
    storage: {
      filesystem: { rootdirectory: path.join(dir, 'storage') },
      delete: { enabled: options.delete ?? false },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readonly ?? false } },
    },
    http: { addr: host, secret: 'lab', ...(tls && { tls: { certificate: tls.cert, key: tls.key } }) },
    ...(options.auth && { auth: { htpasswd: { realm: 'lab', path: htpasswd } } }),
  }
  const file = path.join(dir, 'config.yml')
  writeFileSync(file, stringify(config))

  let log = ''
  let close = () => {}
  let server: ChildProcess | undefined
  const start = async () => {
    // Not even a test run that is killed leaves it behind.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', REGISTRY, 'serve', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
    })
    server = child
    const from = log.length
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (log += text))
    }
    await eventually('the registry listens', () => {
      if (child.exitCode !== null) throw new Error(`the registry ended:\n${log}`)
      return log.includes(`listening on ${host}`, from) || undefined
    })
    close = reachableFromCluster(port)
  }
  const stop = async () => {
    close()
    const child = server
    server = undefined
    if (child?.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    ...(tls && { ca: tls.cert }),
    log: () => log,
    start,
    stop,
  }
}

/** A folder for DOCKER_CONFIG with one registry's credentials and, if asked, the lab's buildx as a plugin. */
export function dockerConfig(
  credentials: Record<string, { user: string; password: string }>,
  plugins: Record<string, string> = {},
): string {
  const dir = tempDir('docker')
  const auths = Object.entries(credentials).map(([host, { user, password }]) => [
    host,
    { auth: Buffer.from(`${user}:${password}`).toString('base64') },
  ])
  writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ auths: Object.fromEntries(auths) as object }))
  for (const [name, file] of Object.entries(plugins)) {
    mkdirSync(path.join(dir, 'cli-plugins'), { recursive: true })
    symlinkSync(file, path.join(dir, 'cli-plugins', name))
  }
  return dir
}

/** Files below the folder that hold the password as Docker's configuration writes it. */
export function filesWithLogin(folder: string, { user, password }: { user: string; password: string }): string[] {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'latin1').includes(encoded))
}
