// Engines of our own beside the lab's: root, a dockerd and network namespaces.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { docker } from '../contract/swarm-world.ts'
import { node24 } from './node.ts'
import { eventually, tempDir } from './temp.ts'

/**
 * A network of its own, loopback only. Beside another engine there is no other way: a dockerd without a bridge deletes
 * the interface docker0 of its network namespace, whoever made it.
 */
export class Island {
  #holder: ChildProcess | undefined
  readonly #leads: ChildProcess[] = []

  async open(): Promise<void> {
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec sleep 100000'])
    this.#holder = holder
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve())
      holder.once('exit', () => reject(new Error('no network namespace')))
    })
  }

  spawn(command: string, ...args: string[]): ChildProcess {
    const net = `--net=/proc/${String(this.#holder?.pid)}/ns/net`
    return spawn('nsenter', [net, '--', command, ...args], { stdio: 'ignore' })
  }

  /** What listens on this port of the machine listens on the same port in here, until the island is closed. */
  async lead(port: number): Promise<void> {
    const socket = path.join(tempDir('lead'), 's')
    const server = net.createServer((from) => join(from, net.connect(port, '127.0.0.1')))
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    server.unref()
    const script = `const net = require('node:net')
      net.createServer((from) => {
        const to = net.connect(process.argv[1])
        from.pipe(to).pipe(from)
        for (const one of [from, to]) one.on('error', () => { from.destroy(); to.destroy() })
      }).listen(${String(port)}, '127.0.0.1')`
    this.#leads.push(this.spawn(node24, '-e', script, socket))
  }

  close(): void {
    for (const child of this.#leads) child.kill('SIGKILL')
    this.#holder?.kill('SIGKILL')
  }
}

function join(from: net.Socket, to: net.Socket): void {
  from.pipe(to).pipe(from)
  for (const one of [from, to]) {
    one.on('error', () => {
      from.destroy()
      to.destroy()
    })
  }
}

export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

export class Engine {
  readonly host: string
  readonly #folder: string
  readonly #island: Island
  #process: ChildProcess | undefined

  constructor(island: Island) {
    this.#island = island
    this.#folder = tempDir('dockerd')
    this.host = `unix://${path.join(this.#folder, 's')}`
  }

  async start(): Promise<void> {
    const at = (name: string) => path.join(this.#folder, name)
    const paths = ['--data-root', at('data'), '--exec-root', at('run'), '--pidfile', at('pid')]
    const quiet = ['--iptables=false', '--bridge=none', '--ip-forward=false', '--log-level=error']
    this.#process = this.#island.spawn('dockerd', '--host', this.host, ...paths, ...quiet)
    const answers = () =>
      this.call('version').then(
        () => true,
        () => undefined,
      )
    await eventually('the engine answers', answers, 30_000)
  }

  call(...args: string[]): Promise<string> {
    return docker('--host', this.host, ...args)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    await end(child, signal)
  }

  async remove(): Promise<void> {
    await this.stop()
    // A killed engine leaves its mounts behind.
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    const ours = mounts.map((line) => line.split(' ')[1] ?? '').filter((place) => place.startsWith(this.#folder))
    for (const place of ours.reverse()) execFileSync('umount', ['--lazy', place])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** What the test starts: root, a dockerd and network namespaces. */
export function canStartEngines(): boolean {
  try {
    execFileSync('unshare', ['--net', 'sh', '-c', 'command -v dockerd ip nsenter'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
