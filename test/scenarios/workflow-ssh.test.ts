// A Swarm behind SSH, as the examples have it, through act on a runner of somebody's own: a real key, a real server.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import type { WorkflowOptions, WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { spelledOut } from '../harness/act-differences.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull } from '../harness/github/pull.ts'
import { describeWith, need } from '../harness/lab.ts'
import { nextJob, outputsIn } from '../harness/next-job.ts'
import { root } from '../harness/node.ts'
import type { SshServer } from '../harness/sshd.ts'
import { keyPair, startSshServer } from '../harness/sshd.ts'
import { eventually } from '../harness/temp.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'act',
  'ssh',
)('a Swarm behind SSH', () => {
  let world: World
  let server: SshServer
  let app: string
  let home: Record<string, string>
  let first: string
  let healthy = true
  const site = createServer((_request, response) => response.writeHead(healthy ? 200 : 503).end())

  beforeAll(async () => {
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    world = await World.open()
    server = await startSshServer()
    app = world.image.split('/').at(-1) ?? ''
    const service = `{image: '${world.image}', networks: [outside], deploy: {replicas: 1, update_config: {monitor: 500ms}}}`
    const stack = `services:\n  web: ${service}\n  worker: ${service}\nnetworks: {outside: {external: true, name: bridge}}\n`
    world.app.commit('stack', { files: { 'stack.yml': stack } })
    // Everything that a machine may have and that must not be used: another key, an agent, a way that stays open.
    const address = server.knownHosts.split(' ')[0] ?? ''
    home = {
      '.ssh/id_ed25519': keyPair('key-of-the-machine').private,
      '.ssh/known_hosts': `${address} ${keyPair().public}\n`,
      '.ssh/config': `Host *\n  IdentitiesOnly yes\n  IdentityAgent /nowhere/agent\n  ForwardAgent yes\n  ControlMaster auto\n  ControlPath ~/.ssh/%C\n  ControlPersist 10m\n`,
    }
  })
  afterAll(async () => {
    for (const name of await services()) await docker('service', 'rm', name)
    await world.close()
    await server.stop()
    site.close()
  })
  afterEach(() => {
    healthy = true
  })

  const services = async () =>
    (await docker('service', 'ls', '--format', '{{.Name}}')).split('\n').filter((name) => name.startsWith(`${app}_`))
  const imageOf = (name: string) =>
    docker('service', 'inspect', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', `${app}_${name}`)

  /** Nothing of the key is left, and what the machine had is as it was. */
  async function leavesNothing(run: WorkflowRun): Promise<void> {
    const names = readdirSync(path.join(run.home, '.ssh')).map((name) => `.ssh/${name}`)
    const files = names.map((name) => [name, readFileSync(path.join(run.home, name), 'utf8')])
    expect(Object.fromEntries(files)).toEqual(home)
    await eventually('no process is left', () => run.orphans().length === 0 || undefined).catch(() => undefined)
    expect(run.orphans()).toEqual([])
    const secret = server.key.private.split('\n')[2] ?? ''
    const found = execFileSync('/bin/sh', [
      '-c',
      'grep -rlF -e "$1" "$2" || true',
      'sh',
      secret,
      path.dirname(run.home),
    ])
    expect(found.toString()).toBe('')
    expect(run.log).not.toContain(secret)
  }

  const start = async (workflows: Record<string, string>, more: Partial<WorkflowOptions> = {}) => {
    const run = await runWorkflow({
      app: world.app,
      workflows,
      home,
      secrets: { SWARM_SSH_KEY: server.key.private },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
      ...more,
    })
    await leavesNothing(run)
    return run
  }

  /** The example, with this server and this app in it. */
  function example(knownHosts = server.knownHosts): Record<string, string> {
    const { port } = site.address() as AddressInfo
    const values = {
      '${{ vars.SWARM_KNOWN_HOSTS }}': `'${knownHosts}'`,
      'ghcr.io/acme/shop': world.image,
      'ssh://deploy@swarm.example.com': server.host,
      shop_: `${app}_`,
      'https://shop.example.com': `http://127.0.0.1:${String(port)}`,
      // Short clocks.
      '          live-checks: |\n': '          live-checks: |\n            startup: { within: 3s }\n',
      '          manifests: stack.yml':
        '          manifests: stack.yml\n          stability: 1s\n          timeout: 25s',
    }
    let text = readFileSync(path.join(root, 'examples/swarm.yml'), 'utf8')
    for (const [from, to] of Object.entries(values)) {
      expect(text).toContain(from)
      text = text.replaceAll(from, to)
    }
    return { 'deploy.yml': text }
  }

  const outputsOf = (run: WorkflowRun) =>
    Object.values(run.jobs)
      .flatMap(({ steps }) => steps)
      .find(({ stage, outputs }) => stage === 'Main' && outputs['outcome'] !== undefined)?.outputs

  it('swarm.yml creates the stack and releases, with the key of the secret alone', async () => {
    const run = await start(example())
    expect(outputsOf(run), run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.code).toBe(0)
    first = outputsOf(run)?.['digest'] ?? ''
    expect(await Promise.all(['web', 'worker'].map(imageOf))).toEqual([
      expect.stringContaining(first),
      expect.stringContaining(first),
    ])
    expect(server.log()).toContain('Accepted publickey')
    expect(server.log()).not.toContain('Failed publickey')
  })

  it('a host key other than the known one is refused, and nothing is changed', async () => {
    world.app.commit('wrong host', { version: 'other' })
    const run = await start(example(`${server.knownHosts.split(' ')[0] ?? ''} ${keyPair().public}`))
    expect(run.code).not.toBe(0)
    expect(outputsOf(run), run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'target-unreachable' })
    expect(run.log).toContain('shows another host key than known_hosts has')
    expect(await imageOf('web')).toContain(first)
  })

  it('a red release goes back over the same way, and leaves nothing', async () => {
    world.app.commit('red', { version: 'red' })
    healthy = false
    const run = await start(example())
    expect(run.code).not.toBe(0)
    expect(outputsOf(run), run.log).toMatchObject({ 'rolled-back': 'true' })
    expect(await imageOf('web')).toContain(first)
  })

  it('a cancelled release leaves nothing', async () => {
    world.app.commit('cancelled', { version: 'cancelled' })
    const run = await start(example(), { cancelOn: /✓ promote / })
    expect(run.log).toContain('✓ promote')
    expect(run.log).not.toContain('✓ record')
    await eventually('what ran before runs', async () => (await imageOf('web')).includes(first) || undefined)
  })

  it('release.yml, then rollback.yml', async () => {
    const call = (name: string, more = '') => `jobs:
  ship:
    uses: OWNER/immutable-deploy/.github/workflows/${name}.yml@v1
    with:
      image: ${world.image}
      deploy-to: swarm
      docker-host: ${server.host}
      ssh-known-hosts: '${server.knownHosts}'
      workload: ${app}_web,${app}_worker
      stability: 1s
${more}    secrets: {ssh-key: '\${{ secrets.SWARM_SSH_KEY }}'}
${nextJob('ship')}`
    world.app.git('rm', '--quiet', '.github/workflows/deploy.yml')
    world.app.commit('second', { version: 'second' })
    const released = await start({ 'ship.yml': `on: push\n${call('release')}` })
    expect(outputsIn(released.log), released.log).toMatchObject({ outcome: 'healthy', 'previous-digest': first })
    const dispatch = `on: workflow_dispatch\n${call('rollback', '      to: previous\n')}`
    const back = await start({ 'back.yml': dispatch }, { event: 'workflow_dispatch' })
    expect(outputsIn(back.log), back.log).toMatchObject({ outcome: 'healthy', digest: first })
    expect(await imageOf('worker')).toContain(first)
  })

  it('preview.yml: opened and closed', async () => {
    const github = await startGitHub()
    github.world.without.add('known-ref')
    const name = `${app}-pr-7`
    const text = `on: {pull_request: {types: [opened, closed]}}
jobs:
  preview:
    uses: OWNER/immutable-deploy/.github/workflows/preview.yml@v1
    with:
      image: ${world.image}
      deploy-to: swarm
      docker-host: ${server.host}
      ssh-known-hosts: '${server.knownHosts}'
      manifests: preview.yml
      stability: 1s
    secrets: {ssh-key: '\${{ secrets.SWARM_SSH_KEY }}'}
${nextJob('preview')}`
    const stack = `services: {web: {image: '${world.image}', deploy: {replicas: 1}}}\n`
    const files = { 'preview.yml': stack, '.github/workflows/preview.yml': spelledOut(text) }
    const sha = world.app.commit('preview', { version: 'preview', files })
    openPull(github, { head: { sha, ref: 'topic' } })
    const pull = github.world.pulls[0]
    const repository = { full_name: 'acme/shop', default_branch: 'main' }
    const run = (action: string) =>
      start(
        { 'preview.yml': text },
        {
          event: 'pull_request',
          payload: {
            ...{ action, number: 7, repository },
            pull_request: {
              ...{ number: 7, state: pull?.state, draft: false, labels: [], user: { login: 'alice' } },
              head: { sha, ref: 'topic', repo: repository },
              base: { ref: 'main', repo: repository },
            },
          },
          secrets: { GITHUB_TOKEN: 'job-token', SWARM_SSH_KEY: server.key.private },
          env: { DOCKER_HOST: need('docker').DOCKER_HOST, GITHUB_API_URL: github.url },
        },
      )
    const previews = async () => (await docker('service', 'ls', '--format', '{{.Name}}')).split('\n')
    try {
      const opened = await run('opened')
      expect(outputsIn(opened.log), opened.log).toMatchObject({ outcome: 'healthy', name })
      expect(await previews()).toContain(`${name}_web`)
      if (pull) pull.state = 'closed'
      const closed = await run('closed')
      expect(outputsIn(closed.log), closed.log).toMatchObject({ outcome: 'removed', name })
      expect(await previews()).not.toContain(`${name}_web`)
      expect(github.violations).toEqual([])
    } finally {
      await github.close()
    }
  })
})
