// A manager behind a real SSH server, through Docker's own client: what works, and what is said where it does not.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import { describeWith } from '../harness/lab.ts'
import type { KeyPair, SshServer } from '../harness/sshd.ts'
import { keyPair, startSshServer } from '../harness/sshd.ts'
import { tempDir } from '../harness/temp.ts'

describeWith('docker', 'ssh')('a manager behind SSH', () => {
  let server: SshServer
  beforeAll(async () => {
    server = await startSshServer()
  })
  afterAll(() => server.stop())

  /** The environment of a runner whose `ssh` has this key and these known hosts, and no others. */
  function runner(key: KeyPair, knownHosts: string): Record<string, string> {
    const folder = tempDir('ssh')
    const place = (name: string) => path.join(folder, name)
    writeFileSync(place('key'), key.private, { mode: 0o600 })
    writeFileSync(place('known_hosts'), `${knownHosts}\n`)
    const options = ['-F', '/dev/null', '-i', place('key'), '-o', `UserKnownHostsFile=${place('known_hosts')}`]
    options.push('-o', 'StrictHostKeyChecking=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes')
    mkdirSync(place('bin'))
    writeFileSync(place('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${options.join(' ')} "$@"\n`, { mode: 0o700 })
    return { PATH: `${place('bin')}:${process.env['PATH'] ?? ''}`, HOME: folder }
  }

  async function asked(env: Record<string, string>, host = server.host) {
    const api = await connect({ host, unreachable: 'target-unreachable' }, env)
    try {
      return await api.request('GET', '/version')
    } finally {
      api.close()
    }
  }

  test('the right key and the right host key', async () => {
    const answer = await asked(runner(server.key, server.knownHosts))
    expect(answer.json()).toMatchObject({ ApiVersion: expect.any(String) as unknown })
  })

  const otherHost = () => `${server.knownHosts.split(' ')[0] ?? ''} ${keyPair().public}`
  const host = (address: string) => server.host.replace(/127\.0\.0\.1:\d+$/, address)
  test.each([
    {
      what: 'another host key',
      env: () => runner(server.key, otherHost()),
      said: /shows another host key than known_hosts has.*SHA256:/,
      fix: /somebody may stand between.*ssh-known-hosts/,
    },
    {
      what: 'a host key that nobody knows',
      env: () => runner(server.key, ''),
      said: /known_hosts has no host key of that machine/,
      fix: /ssh-keyscan.*ssh-known-hosts/,
    },
    {
      what: 'a key that is not let in',
      env: () => runner(keyPair(), server.knownHosts),
      said: /does not let this key in/,
      fix: /ssh-key.*authorized_keys/,
    },
    {
      what: 'a port where nothing listens',
      env: () => runner(server.key, server.knownHosts),
      address: '127.0.0.1:1',
      said: /nothing listens on its SSH port/,
      fix: /docker-host/,
    },
    {
      what: 'a name that is not there',
      env: () => runner(server.key, server.knownHosts),
      address: 'swarm.invalid',
      said: /name cannot be resolved/,
      fix: /docker-host/,
    },
  ])('$what', async ({ env, address, said, fix }) => {
    await expect(asked(env(), address === undefined ? server.host : host(address))).rejects.toMatchObject({
      code: 'target-unreachable',
      what: expect.stringMatching(said) as unknown,
      fix: expect.stringMatching(fix) as unknown,
    })
  })

  test.each([
    {
      what: 'no docker for that user',
      env: { PATH: '/nowhere' },
      said: /no `docker` command for that user/,
      fix: /Install Docker/,
    },
    {
      what: 'no engine behind it',
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
      said: /no Docker engine runs on that machine/,
      fix: /Start Docker there/,
    },
  ])('$what', async ({ env, said, fix }) => {
    const other = await startSshServer(env)
    try {
      await expect(asked(runner(other.key, other.knownHosts), other.host)).rejects.toMatchObject({
        code: 'target-unreachable',
        what: expect.stringMatching(said) as unknown,
        fix: expect.stringMatching(fix) as unknown,
      })
    } finally {
      await other.stop()
    }
  })

  test('no ssh on the runner', async () => {
    const { PATH: _, ...env } = runner(server.key, server.knownHosts)
    const bin = tempDir('bin')
    writeFileSync(path.join(bin, 'docker'), '#!/bin/sh\nPATH=/nowhere exec /usr/bin/docker "$@"\n', { mode: 0o700 })
    await expect(asked({ ...env, PATH: bin })).rejects.toMatchObject({
      what: expect.stringContaining('there is no `ssh` on PATH') as unknown,
      fix: expect.stringContaining('OpenSSH client') as unknown,
    })
  })
})
