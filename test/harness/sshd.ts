// A machine that is reached by SSH: OpenSSH's own server with a host key, one user, one key that it lets in, and the
// lab's engine behind it.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { need } from './parts.ts'
import { freePort } from './ports.ts'
import { eventually, tempDir } from './temp.ts'

export interface KeyPair {
  readonly private: string
  readonly public: string
}

export interface SshServer {
  /** `ssh://USER@127.0.0.1:PORT` */
  readonly host: string
  /** The line for a known_hosts file. */
  readonly knownHosts: string
  /** The key that is let in. */
  readonly key: KeyPair
  /** What the server said so far. */
  log(): string
  stop(): Promise<void>
}

export function keyPair(comment = 'deploy-key'): KeyPair {
  const file = path.join(tempDir('key'), 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
  return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8').trim() }
}

/** @param env what commands see there, beside the address of the lab's engine */
export async function startSshServer(env: Readonly<Record<string, string>> = {}): Promise<SshServer> {
  const { SSHD } = need('ssh')
  const folder = tempDir('sshd')
  chmodSync(folder, 0o755)
  const [own, key] = [keyPair('host-key'), keyPair()]
  const place = (name: string) => path.join(folder, name)
  writeFileSync(place('host_key'), own.private, { mode: 0o600 })
  writeFileSync(place('authorized_keys'), `${key.public}\n`, { mode: 0o644 })
  const port = String(await freePort())
  const variables = { DOCKER_HOST: need('docker').DOCKER_HOST, PATH: process.env['PATH'] ?? '', ...env }
  const config = `ListenAddress 127.0.0.1:${port}
HostKey ${place('host_key')}
PidFile ${place('pid')}
AuthorizedKeysFile ${place('authorized_keys')}
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
LogLevel VERBOSE
SetEnv ${Object.entries(variables)
    .map(([name, value]) => `"${name}=${value}"`)
    .join(' ')}
`
  writeFileSync(place('config'), config)

  let log = ''
  // Not even a test run that is killed leaves it behind.
  const server = spawn('setpriv', ['--pdeathsig', 'KILL', SSHD, '-D', '-e', '-f', place('config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  await eventually('the SSH server listens', () => {
    if (server.exitCode !== null) throw new Error(`the SSH server ended:\n${log}`)
    return log.includes(`listening on 127.0.0.1 port ${port}`) || undefined
  })
  const [type, text] = own.public.split(' ')
  return {
    host: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${type ?? ''} ${text ?? ''}`,
    key,
    log: () => log,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGKILL')
      await ended
    },
  }
}
