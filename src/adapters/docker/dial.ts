import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { Duplex } from 'node:stream'
import { childEnvironment } from '../process/environment.ts'
import type { Environment } from './endpoint.ts'

const STDERR_CHARACTERS = 2000

/** A connection made of a child's stdin and stdout: `docker … system dial-stdio`. Looks enough like a socket for http.Agent. */
export class DialSocket extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  #stderr = ''

  constructor(argv: readonly string[], env: Environment) {
    super()
    const [file = '', ...args] = argv
    // The arguments name the engine; variables of the runner's own engine would contradict them.
    const own = childEnvironment({ ...env, DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined })
    this.#child = spawn(file, args, { env: own, stdio: ['pipe', 'pipe', 'pipe'] })
    const { stdin, stdout, stderr } = this.#child
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS)
    })
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause()
    })
    stdin.on('error', () => undefined) // The exit of the child says why
    this.#child.on('error', (error) => this.destroy(error))
    this.#child.on('close', (code) => {
      // Only now is it known whether the connection ended or failed.
      if (code === 0) this.push(null)
      else this.destroy(new Error(this.#stderr.trim() || `${file} ended with exit code ${String(code)}`))
    })
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, () => done()) // A write that fails is explained by how the child ends
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill()
    done(error)
  }

  /** What http.Agent asks of a socket that rests in its pool: the process may end although the child lives. */
  unref(): this {
    this.#child.unref()
    for (const pipe of this.#pipes()) pipe.unref()
    return this
  }

  ref(): this {
    this.#child.ref()
    for (const pipe of this.#pipes()) pipe.ref()
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  #pipes(): readonly Socket[] {
    const { stdin, stdout, stderr } = this.#child
    return [stdin, stdout, stderr].filter((pipe) => pipe instanceof Socket)
  }
}
