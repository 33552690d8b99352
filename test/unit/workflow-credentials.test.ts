// The steps that handle credentials in our workflows and examples, run as a shell runs them.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../harness/node.ts'
import { eventually, tempDir } from '../harness/temp.ts'

interface Step {
  name?: string
  if?: string
  run?: string
  env?: Record<string, string>
}

function stepsOf(file: string): Step[] {
  const { jobs } = parse(readFileSync(path.join(root, file), 'utf8')) as { jobs: Record<string, { steps: Step[] }> }
  return Object.values(jobs).flatMap(({ steps }) => steps)
}

const REUSABLE = ['release', 'rollback', 'preview'].map((name) => `.github/workflows/${name}.yml`)
const FILES = [...REUSABLE, 'examples/swarm.yml']

/** What people have on their machines: some of it would use other keys than the one of the job, or keep a way open. */
const OWN_CONFIG = `Host *
  ProxyJump jump.example.com
  IdentitiesOnly yes
  IdentityAgent /nowhere/agent.sock
  ForwardAgent yes
  ControlMaster auto
  ControlPath /tmp/%C
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
`

/** A self-hosted runner with a key of its own, and what a step writes for later ones. */
function runner() {
  const home = tempDir('home')
  const temp = tempDir('temp')
  mkdirSync(path.join(home, '.ssh'))
  writeFileSync(path.join(home, '.ssh/id_ed25519'), 'the key of the machine')
  writeFileSync(path.join(home, '.ssh/known_hosts'), 'known\n')
  writeFileSync(path.join(home, '.ssh/config'), OWN_CONFIG)
  const files = { GITHUB_ENV: path.join(temp, 'env-file'), GITHUB_PATH: path.join(temp, 'path-file') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: home, RUNNER_TEMP: temp, ...files }
  const run = (step: Step | undefined, more: Record<string, string> = {}) => {
    const shell = ['-e', '-o', 'pipefail', '-c', step?.run ?? 'exit 9']
    const done = spawnSync('bash', shell, { env: { ...env, ...more }, encoding: 'utf8' })
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' })
    for (const line of readFileSync(files.GITHUB_ENV, 'utf8').split('\n').filter(Boolean)) {
      env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    }
    const folders = readFileSync(files.GITHUB_PATH, 'utf8').split('\n').filter(Boolean)
    env['PATH'] = [...folders, process.env['PATH'] ?? ''].join(':')
  }
  return { home, temp, env, run }
}

describe.each(FILES)('%s', (file) => {
  const steps = stepsOf(file)
  const before = steps.find(({ run }) => run?.includes('ssh-agent -s'))
  const after = steps.at(-1)

  it('keeps the key in an agent, and leaves and overwrites nothing', async () => {
    const folder = tempDir('key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'deploy-key', '-f', path.join(folder, 'key')])
    const key = readFileSync(path.join(folder, 'key'), 'utf8')
    const { home, temp, env, run } = runner()
    const names = Object.keys(before?.env ?? {})
    const values = {
      SSH_KEY: key,
      KEY: key.replaceAll('\n', '\r\n'),
      KNOWN_HOSTS: 'swarm ssh-ed25519 AAAA',
      KUBECONFIG_TEXT: '',
    }
    run(before, Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name))))
    expect(execFileSync('ssh-add', ['-l'], { env, encoding: 'utf8' })).toContain('deploy-key')
    const options = execFileSync('ssh', ['-G', 'swarm'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    expect(options).toContain(`userknownhostsfile ${temp}/target-credentials/known_hosts`)
    expect(options).toMatch(/^stricthostkeychecking (?:true|yes)$/m)
    for (const line of ['identityagent SSH_AUTH_SOCK', 'identitiesonly no', 'forwardagent no', 'controlmaster false'])
      expect(options).toContain(`${line}\n`)
    expect(options).not.toContain('controlpath /')
    expect(options).toContain('proxyjump jump.example.com\n')
    expect(spawnSync('grep', ['-rlF', 'PRIVATE KEY', temp, home], { encoding: 'utf8' }).stdout).toBe('')

    expect(after?.if).toBe('always()')
    run(after)
    expect(existsSync(path.join(temp, 'target-credentials'))).toBe(false)
    // `ssh-agent -k` sends a signal: the agent removes its socket a moment later.
    await eventually('the agent is gone', () => !existsSync(env['SSH_AUTH_SOCK'] ?? '') || undefined)
    expect(readFileSync(path.join(home, '.ssh/id_ed25519'), 'utf8')).toBe('the key of the machine')
    expect(readFileSync(path.join(home, '.ssh/known_hosts'), 'utf8')).toBe('known\n')
    expect(readdirSync(path.join(home, '.ssh')).sort()).toEqual(['config', 'id_ed25519', 'known_hosts'])
  })

  it('removes what is there also when nothing was given, or the job ended before', () => {
    const { run } = runner()
    run(after)
  })
})

it.each(REUSABLE)('%s says that a secret is not a key, and asks nobody for a passphrase', (file) => {
  const step = stepsOf(file).find(({ run }) => run?.includes('ssh-agent -s'))
  const place = path.join(tempDir('key'), 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'passphrase', '-f', place])
  for (const text of ['ssh-ed25519 AAAA', readFileSync(place, 'utf8')]) {
    const { env, temp } = runner()
    const given = { ...env, SSH_KEY: text, KNOWN_HOSTS: '', KUBECONFIG_TEXT: '' }
    const done = spawnSync('bash', ['-e', '-c', step?.run ?? ''], { env: given, encoding: 'utf8', timeout: 10_000 })
    expect(done.status).toBe(1)
    expect(done.stdout).toContain('::error::The secret ssh-key is not a private key without passphrase.')
    process.kill(Number(readFileSync(path.join(temp, 'target-credentials/agent'), 'utf8')))
  }
})

it.each(REUSABLE)('%s ends the agent that a killed job left, and believes none of its files', (file) => {
  const step = stepsOf(file).find(({ run }) => run?.includes('ssh-agent -s'))
  const { temp, env, run } = runner()
  const folder = path.join(temp, 'target-credentials')
  mkdirSync(path.join(folder, 'bin'), { recursive: true })
  writeFileSync(path.join(folder, 'kubeconfig'), 'of another job')
  const agent = execFileSync('bash', ['-c', 'eval "$(ssh-agent -s)" > /dev/null; echo "$SSH_AGENT_PID"'], { env })
  writeFileSync(path.join(folder, 'agent'), agent)
  run(step, { KUBECONFIG_TEXT: '', SSH_KEY: '', KNOWN_HOSTS: '' })
  expect(readdirSync(folder)).toEqual(['bin'])
  const command = `/proc/${agent.toString().trim()}/cmdline`
  // What was ended may be waited for by nobody: then it has no command line any more.
  expect(existsSync(command) ? readFileSync(command, 'utf8') : '').toBe('')
  // The number belongs to another process now: that one is left alone.
  writeFileSync(path.join(folder, 'agent'), String(process.pid))
  run(step, { KUBECONFIG_TEXT: '', SSH_KEY: '', KNOWN_HOSTS: '' })
})

it('no workflow, example or page writes into ~/.ssh, ~/.kube or ~/.docker', () => {
  const pages = readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)
  const examples = readdirSync(path.join(root, 'examples')).map((name) => `examples/${name}`)
  const workflows = readdirSync(path.join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`)
  const files = [...pages, ...examples, ...workflows, 'README.md'].filter((file) => /\.(?:md|yml)$/.test(file))
  const writing = files.filter((file) =>
    /> *"?(?:~|\$HOME)"?\/\.(?:ssh|kube|docker)/.test(readFileSync(path.join(root, file), 'utf8')),
  )
  expect(writing).toEqual([])
})

it('the deploy job of release.yml follows the one list of events: the outcome of the build', () => {
  const text = readFileSync(path.join(root, '.github/workflows/release.yml'), 'utf8')
  expect(text).not.toContain('event_name')
  expect(text).toContain("needs.build.outputs.outcome == 'released'")
})
