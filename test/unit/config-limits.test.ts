// A file in the checkout never raises what the event allows.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectChecks } from '../../src/compose/checks.ts'
import { readRelease, readRollback, readSmoke, writeReport } from '../../src/config/index.ts'
import { tempDir } from '../harness/temp.ts'
import { checkout, environment, FACTS, HEAD, refusal, source } from './config-helpers.ts'

const FILE = '.github/immutable-deploy.yml'

interface Asked {
  readonly inputs?: Readonly<Record<string, string>>
  readonly event?: string
  readonly head?: string
  readonly prepare?: (folder: string) => void
}

function io(file: string, { inputs = {}, event = 'pull_request', head = 'acme/app', prepare }: Asked) {
  const payload = {
    repository: { full_name: 'acme/app' },
    pull_request: { head: { sha: HEAD, repo: { full_name: head } } },
  }
  const cwd = checkout({ [FILE]: file, 'event.json': JSON.stringify(payload) })
  prepare?.(cwd)
  const env = {
    GITHUB_EVENT_NAME: event,
    GITHUB_SHA: HEAD,
    GITHUB_EVENT_PATH: path.join(cwd, 'event.json'),
    GITHUB_WORKSPACE: cwd,
    GITHUB_REPOSITORY: 'acme/app',
    NPM_TOKEN: 'npm',
    GITHUB_TOKEN: 'token',
  }
  return { env: environment({ image: 'ghcr.io/acme/app', ...inputs }, env), cwd }
}

const release = (file: string, asked: Asked = {}) => readRelease(io(file, asked), source(FACTS))

async function faultNames(reading: Promise<unknown>): Promise<string[]> {
  const error = await refusal(reading)
  return error.faults.map(({ name }) => name)
}

describe('promote', () => {
  it.each(['pull_request', 'merge_group', 'pull_request_review', 'issue_comment', 'create'])('on %s', async (event) => {
    for (const [file, inputs] of [
      ['promote: release-tag', {}],
      ['promote: auto', {}],
      ['', { promote: 'release-tag' }],
    ] as const) {
      const { request, notices } = await release(file, { event, inputs })
      expect(request.promote).toBe('none')
      const expected = event === 'pull_request' || event === 'merge_group' ? file === 'promote: auto' : false
      expect(notices.some((notice) => notice.includes('neither promoted nor deployed'))).toBe(!expected)
    }
  })

  it('follows the input whose name says the risk, which the file cannot set, and never for a fork', async () => {
    const inputs = { 'promote-unreviewed-code': 'true', promote: 'release-tag' }
    expect((await release('', { inputs })).request.promote).toBe('release-tag')
    expect((await release('', { inputs, head: 'mallory/app' })).request.promote).toBe('none')
    expect(await faultNames(release('promote-unreviewed-code: true'))).toEqual(['promote-unreviewed-code'])
  })

  it.each(['merge_group', 'pull_request_review', 'pull_request_review_comment', 'issue_comment', 'issues', 'create'])(
    'on %s no input lifts the limit',
    async (event) => {
      const inputs = { 'promote-unreviewed-code': 'true', promote: 'release-tag' }
      const { request, notices } = await release('', { event, inputs })
      expect(request.promote).toBe('none')
      expect(notices.some((notice) => notice.includes('neither promoted nor deployed'))).toBe(true)
    },
  )
})

describe('on a pull request the file cannot say', () => {
  const outside = tempDir('outside')
  const link = (folder: string) => symlinkSync(outside, path.join(folder, 'link'))
  it.each([
    ['policy', 'policy: off'],
    ['smoke', 'smoke: off'],
    ['smoke-file', 'smoke-file: off'],
    ['allow', 'allow: security.insecure'],
    ['allow', 'allow: [network.host]'],
    ['allow', 'allow: fs.read=/etc'],
    ['network', 'network: host'],
    ['build-contexts', 'build-contexts: { a: ../other }'],
    ['build-contexts', 'build-contexts: { a: /etc }'],
    ['build-contexts', 'build-contexts: { a: link }'],
    ['build-contexts', 'build-contexts: { a: "oci-layout:///var/lib/x" }'],
    ['cache-from', 'cache-from: type=local,src=/var/cache'],
    ['cache-to', 'cache-to: type=local,dest=../cache'],
    ['cache-to', 'cache-to: type=local,mode=max,dest=link/cache'],
    ['cache-to', 'cache-to: type=registry,ref=ghcr.io/acme/app:production'],
    ['cache-to', 'cache-to: ghcr.io/acme/app:production'],
    ['cache-from', 'cache-from: "type=local,SRC=/var/cache"'],
    ['cache-from', `cache-from: ['type=local,"src=/var/cache"']`],
    ['cache-from', 'cache-from: "type=local,src=.cache,src=/var/cache"'],
    ['cache-to', `cache-to: ['type=local,"dest=../cache"']`],
    ['cache-to', 'cache-to: "type=local, Dest=../cache"'],
    ['cache-to', 'cache-to: "type=local,dest=.cache,type=registry,ref=ghcr.io/acme/app:production"'],
    ['cache-to', 'cache-to: "TYPE=registry,ref=ghcr.io/acme/app:production"'],
    ['cache-to', 'cache-to: "type=gha,url=https://evil.example/"'],
    ['cache-from', 'cache-from: "type=gha,URL_V2=https://evil.example/"'],
    ['build-contexts', 'build-contexts: { a: "{{defaultContext}}/../../other" }'],
    ['secret-files', `secret-files: { key: ${outside}/key }`],
    ['secret-files', 'secret-files: { key: link/key }'],
    ['context', `context: ${outside}`],
    ['file', `file: ${outside}/Dockerfile`],
    ['ssh', 'ssh: default=/home/runner/.ssh/id_ed25519'],
    ['junit-file', 'junit-file: ../report.xml'],
  ])('%s: %s', async (name, file) => {
    writeFileSync(path.join(outside, 'key'), 'k')
    writeFileSync(path.join(outside, 'Dockerfile'), 'FROM scratch')
    expect(await faultNames(release(file, { prepare: link }))).toEqual([name])
    // On an event that may deploy the file is the repository's own, reviewed word.
    if (!['junit-file', 'smoke', 'smoke-file'].includes(name)) {
      await expect(release(file, { prepare: link, event: 'push' })).resolves.toBeDefined()
    }
  })

  it.each([
    ['secret-envs', 'secret-envs: { npm: NPM_TOKEN }'],
    ['ssh', 'ssh: default'],
    ['build-args', 'build-args: [NPM_TOKEN]'],
  ])('%s where the workflow is the default branch’s', async (name, file) => {
    await expect(release(file)).resolves.toBeDefined()
    for (const event of ['issue_comment', 'pull_request_target', 'workflow_run', 'discussion_comment']) {
      expect(await faultNames(release(file, { event }))).toEqual([name])
    }
    await expect(release('build-args: [A=b]', { event: 'issue_comment' })).resolves.toBeDefined()
  })

  describe('what its smoke checks read', () => {
    const inspect = inspectChecks({ API_KEY: 'k' })
    const checks = (file: string, asked: Asked) => {
      const { env, cwd } = io(file, asked)
      writeFileSync(path.join(cwd, 'smoke.yml'), 'container: { secrets: [API_KEY] }')
      writeFileSync(path.join(cwd, 'outside.yml'), `container: { env-file: [${outside}/key] }`)
      return readRelease({ env, cwd }, source(FACTS), inspect)
    }
    const own = { smoke: 'container: { secrets: [API_KEY] }' }

    it.each(['smoke-file: smoke.yml', 'smoke: { container: { secrets: [API_KEY] } }'])(
      'is no secret of a workflow that is not its own: %s',
      async (file) => {
        await expect(checks(file, {})).resolves.toBeDefined()
        await expect(checks(file, { event: 'push' })).resolves.toBeDefined()
        for (const event of ['issue_comment', 'pull_request_target']) {
          expect(await faultNames(checks(file, { event }))).toEqual(['container.secrets'])
        }
        const inputs = { 'smoke-file': 'smoke.yml' }
        if (file.startsWith('smoke-file'))
          expect(await faultNames(checks('', { event: 'issue_comment', inputs }))).toEqual(['container.secrets'])
        await expect(checks('', { event: 'issue_comment', inputs: own })).resolves.toBeDefined()
      },
    )

    it('is no file outside of the workspace', async () => {
      writeFileSync(path.join(outside, 'key'), 'A=b')
      expect(await faultNames(checks('smoke-file: outside.yml', {}))).toEqual(['container.env-file'])
      await expect(checks('smoke-file: outside.yml', { event: 'push' })).resolves.toBeDefined()
    })
  })

  it('but an input can, and the harmless part stays allowed', async () => {
    const inputs = {
      policy: 'off',
      allow: 'network.host',
      'build-contexts': 'a=/etc',
      'cache-to': 'type=registry,ref=r',
    }
    await expect(release('', { inputs })).resolves.toBeDefined()
    const file = `
policy: warn
build-contexts: { a: ., b: "docker-image://alpine" , c: "https://example.com/a.git#main" }
cache-to: type=gha,mode=max
cache-from: [ghcr.io/acme/app:cache, "type=local,src=.cache"]
secret-envs: { npm: NPM_TOKEN }
ssh: default`
    await expect(release(file)).resolves.toBeDefined()
  })

  it.each([
    ['docker-host', 'deploy-to: swarm\nworkload: web\ndocker-host: tcp://10.0.0.1:2375'],
    ['docker-context', 'deploy-to: swarm\nworkload: web\ndocker-context: production'],
    ['docker-cert-path', 'deploy-to: swarm\nworkload: web\ndocker-host: tcp://a:1\ndocker-cert-path: .'],
    ['kube-context', 'deploy-to: kubernetes\nworkload: web\nkube-context: production'],
  ])('%s, where the target would be reached', async (name, file) => {
    expect((await release(file)).request.promote).toBe('none')
    const inputs = { 'promote-unreviewed-code': 'true' }
    expect(await faultNames(release(file, { inputs }))).toContain(name)
    expect(await faultNames(readRollback(io(file, { inputs: { list: 'true' } })))).toContain(name)
    await expect(release(file, { event: 'push' })).resolves.toBeDefined()
  })
})

it.each(['pull_request', 'issue_comment', 'merge_group'])('a rollback is refused on %s', async (event) => {
  const inputs = { 'deploy-to': 'swarm', workload: 'web' }
  expect(await refusal(readRollback(io('', { event, inputs })))).toMatchObject({ code: 'unsafe-event' })
  await expect(readRollback(io('', { event, inputs: { ...inputs, list: 'true' } }))).resolves.toBeDefined()
  const insists = { ...inputs, 'promote-unreviewed-code': 'true' }
  const insisting = readRollback(io('', { event, inputs: insists }))
  if (event === 'pull_request') await expect(insisting).resolves.toBeDefined()
  else expect(await refusal(insisting)).toMatchObject({ code: 'unsafe-event' })
  await expect(readRollback(io('', { event: 'workflow_dispatch', inputs }))).resolves.toBeDefined()
})

describe('variables of the runner', () => {
  it.each([
    ['secret-envs', 'secret-envs: { t: GITHUB_TOKEN }'],
    ['secret-envs', 'secret-envs: { t: "INPUT_GITHUB-TOKEN" }'],
    ['secret-envs', 'secret-envs: { t: ACTIONS_RUNTIME_TOKEN }'],
    ['secret-envs', 'secret-envs: { t: RUNNER_TEMP }'],
    ['secret-files', 'secret-files: { t: /proc/self/environ }'],
    ['build-args', 'build-args: [GITHUB_TOKEN]'],
    ['build-args', 'build-args: ["INPUT_GITHUB-TOKEN"]'],
  ])('%s of the file cannot name them, on any event: %s', async (name, file) => {
    const reading = release(file, { event: 'push', inputs: { 'github-token': 't' } })
    expect(await faultNames(reading)).toContain(name)
  })

  it.each(['GITHUB_SHA', 'GITHUB_RUN_NUMBER', 'RUNNER_OS'])(
    'the file can name %s, which gives no rights',
    async (name) => {
      const reading = release(`build-args: [${name}]`, { event: 'push', inputs: { 'github-token': 't' } })
      await expect(reading).resolves.toBeDefined()
    },
  )

  it('an input can', async () => {
    const inputs = { 'secret-envs': 't=GITHUB_TOKEN', 'build-args': 'GITHUB_SHA' }
    await expect(release('', { event: 'push', inputs })).resolves.toBeDefined()
  })
})

describe('junit-file', () => {
  const place = () => {
    const folder = tempDir('junit')
    const cwd = path.join(folder, 'work')
    const temp = path.join(folder, 'temp')
    for (const made of [cwd, temp]) mkdirSync(made)
    return { folder, cwd, env: { RUNNER_TEMP: temp } }
  }

  it('is made with its folders, and may be in the runner’s folder for temporary files', () => {
    const { cwd, env } = place()
    writeReport('reports/smoke/junit.xml', '<a/>', { cwd, env })
    writeReport(path.join(env.RUNNER_TEMP, 'junit.xml'), '<b/>', { cwd, env })
    expect(readFileSync(path.join(cwd, 'reports/smoke/junit.xml'), 'utf8')).toBe('<a/>')
    expect(readFileSync(path.join(env.RUNNER_TEMP, 'junit.xml'), 'utf8')).toBe('<b/>')
  })

  it('never goes through a symbolic link or out of the workspace', async () => {
    const { folder, cwd, env } = place()
    const victim = path.join(folder, 'victim')
    writeFileSync(victim, 'mine')
    symlinkSync(victim, path.join(cwd, 'link.xml'))
    symlinkSync(folder, path.join(cwd, 'reports'))
    symlinkSync(path.join(folder, 'absent'), path.join(cwd, 'dangling.xml'))
    for (const file of ['link.xml', 'reports/victim', '../victim', victim, 'dangling.xml', 'reports/new/a.xml']) {
      expect(() => writeReport(file, 'overwritten', { cwd, env })).toThrow(/link|workspace/)
      const reading = readSmoke({ env: { ...environment({ image: 'a', 'junit-file': file }), ...env }, cwd })
      expect(await faultNames(reading)).toEqual(['junit-file'])
    }
    expect(readFileSync(victim, 'utf8')).toBe('mine')
  })
})

describe('the job’s token', () => {
  const token = async (context: string, env = {}) => {
    const asked = io('', { event: 'push', inputs: { context: `${context}#${HEAD}`, 'github-token': 'ghs_x' } })
    return (await readRelease({ ...asked, env: { ...asked.env, ...env } }, source(FACTS))).request.build.githubToken
  }
  it('goes into the build of the workflow’s own repository', async () => {
    for (const own of ['acme/app.git', 'Acme/App.git']) {
      expect(await token(`https://github.com/${own}`)).toBe('ghs_x')
    }
    expect(await token('https://git.acme.com/acme/app.git', { GITHUB_SERVER_URL: 'https://git.acme.com' })).toBe(
      'ghs_x',
    )
  })

  it.each([
    'https://github.com/acme/other.git',
    'https://github.com/acme/app-evil.git',
    'https://github.com/acme/app/evil.git',
    'https://github.com/mallory/app.git',
    'https://github.com/acme/app.git.git',
    'https://github.com.evil.example/acme/app.git',
    'https://github.com:8443/acme/app.git',
    'https://git.acme.com/acme/app.git',
    'http://github.com/acme/app.git',
    'ssh://git@github.com/acme/app.git',
    'git@github.com:acme/app.git',
  ])('not into that of %s', async (context) => {
    expect(await token(context).catch(() => undefined)).toBeUndefined()
  })
})
