import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseRepository } from '../../../domain/image.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import { Faults } from './faults.ts'
import { interpolate } from './interpolate.ts'
import { fullName, readStack, servicesUsing } from './stack.ts'
import { splitWords } from './words.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'stack-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function stackOf(text: string, env: Record<string, string> = {}) {
  const file = path.join(folder, 'stack.yml')
  writeFileSync(file, text)
  return readStack([file], 'shop', env)
}

async function specOf(service: string, rest = '') {
  const stack = await stackOf(`services:\n  web:\n    image: acme/app:1\n${service}\n${rest}`)
  const web = stack.services.get('shop_web')
  if (!web) throw new Error('no web')
  return { ...web.spec, container: web.spec.TaskTemplate.ContainerSpec ?? {}, secrets: web.secrets, stack }
}

async function faultsOf(text: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const error = await stackOf(text, env).catch(asDeployError)
  if (!('code' in error)) throw new Error('no fault')
  expect(error.code).toBe('manifest-invalid')
  return error.evidence
}

describe('stack file', () => {
  it('becomes what docker stack deploy would create', async () => {
    const spec = await specOf(`
    command: /app/start --name "two words"
    environment: { MODE: production, COUNT: 3, EMPTY: }
    labels: [tier=front]
    ports: ["8080:80", { target: 9000, published: 9000, protocol: udp, mode: host }]
    healthcheck: { test: curl -f localhost, interval: 1m30s, retries: 3 }
    stop_grace_period: 5s
    deploy:
      replicas: 3
      labels: { team: shop }
      update_config: { parallelism: 2, delay: 10s, order: start-first, failure_action: rollback }
      resources: { limits: { cpus: "0.50", memory: 64M } }
      restart_policy: { condition: on-failure, max_attempts: 3 }
      placement: { constraints: [node.role == manager] }`)
    expect(spec).toMatchObject({
      Name: 'shop_web',
      Labels: { team: 'shop', 'com.docker.stack.namespace': 'shop', 'com.docker.stack.image': 'acme/app:1' },
      Mode: { Replicated: { Replicas: 3 } },
      UpdateConfig: { Parallelism: 2, Delay: 10e9, Order: 'start-first', FailureAction: 'rollback' },
      EndpointSpec: {
        Ports: [
          { Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' },
          { Protocol: 'udp', TargetPort: 9000, PublishedPort: 9000, PublishMode: 'host' },
        ],
      },
      TaskTemplate: {
        Resources: { Limits: { NanoCPUs: 500_000_000, MemoryBytes: 64 * 1024 * 1024 } },
        RestartPolicy: { Condition: 'on-failure', MaxAttempts: 3 },
        Placement: { Constraints: ['node.role == manager'] },
        Networks: [{ Target: 'shop_default', Aliases: ['web'] }],
      },
    })
    expect(spec.container).toEqual({
      Image: 'acme/app:1',
      Args: ['/app/start', '--name', 'two words'],
      Env: ['MODE=production', 'COUNT=3', 'EMPTY'],
      Labels: { tier: 'front', 'com.docker.stack.namespace': 'shop' },
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 90e9, Retries: 3 },
      StopGracePeriod: 5e9,
    })
    expect(spec.stack.resources).toEqual([
      expect.objectContaining({ kind: 'network', name: 'shop_default', external: false }),
    ])
  })

  it('reads volumes, secrets, configs and networks', async () => {
    writeFileSync(path.join(folder, 'key'), 'secret')
    const spec = await specOf(
      `
    volumes: [data:/data:ro, ./conf:/conf, { type: tmpfs, target: /tmp, tmpfs: { size: 1M } }, /cache]
    secrets: [key, { source: theirs, target: /run/other, mode: 0440 }]
    networks: { front: { aliases: [www] }, outside: }`,
      `volumes: { data: { driver: nfs } }
secrets: { key: { file: ./key }, theirs: { external: true, name: real } }
networks: { front: , outside: { external: true, name: bridge } }`,
    )
    expect(spec.container).toMatchObject({
      Mounts: [
        {
          Type: 'volume',
          Source: 'shop_data',
          Target: '/data',
          ReadOnly: true,
          VolumeOptions: { DriverConfig: { Name: 'nfs' } },
        },
        { Type: 'bind', Source: path.join(folder, 'conf'), Target: '/conf' },
        { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 1024 * 1024 } },
        { Type: 'volume', Target: '/cache' },
      ],
    })
    expect(spec.secrets).toEqual([
      { name: 'shop_key', file: { Name: 'key', UID: '0', GID: '0', Mode: 0o444 } },
      { name: 'real', file: { Name: '/run/other', UID: '0', GID: '0', Mode: 0o440 } },
    ])
    expect(spec.TaskTemplate.Networks).toEqual([
      { Target: 'shop_front', Aliases: ['www', 'web'] },
      { Target: 'bridge' },
    ])
    expect(spec.stack.resources.map(({ kind, name, external }) => [kind, name, external])).toEqual([
      ['network', 'shop_front', false],
      ['network', 'bridge', true],
      ['secret', 'shop_key', false],
      ['secret', 'real', true],
    ])
  })

  it('merges anchors and takes extension fields', async () => {
    const stack = await stackOf(`
x-common: &common { image: acme/app, user: "1000" }
services:
  web: { <<: *common, hostname: web }
  worker: { <<: *common }`)
    expect(stack.services.get('shop_web')?.spec.TaskTemplate.ContainerSpec).toMatchObject({ User: '1000' })
    expect([...stack.services.keys()]).toEqual(['shop_web', 'shop_worker'])
  })

  it('refuses by name what it does not understand, everything at once', async () => {
    expect(
      await faultsOf(`
services:
  web:
    image: acme/app
    privileged: true
    ports: ["127.0.0.1:80:80"]
    volumes: [nowhere:/data]
    deploy: { mode: replicated-job, resources: { limits: { memory: many } } }
  worker: {}
plugins: {}`),
    ).toEqual([
      'stack.yml.plugins: is not supported here',
      'services.web.ports[0]: "127.0.0.1:80:80" is not a port such as 8080:80: Swarm cannot publish on one address',
      'services.web.deploy.resources.limits.memory: "many" is not a size such as 512M',
      'services.web.volumes[0]: the volume "nowhere" is not defined under volumes',
      'services.web.deploy.mode: "replicated-job" is not supported here: replicated or global. A job ends, so nothing of it could be proven',
      'services.worker.image: is missing',
    ])
  })

  it('refuses attempts below zero, of which Docker makes the highest number that there is', async () => {
    expect(await faultsOf('services: { web: { image: a, restart: "on-failure:-1" } }')).toEqual([
      expect.stringMatching(/^services\.web\.restart: "on-failure:-1" is not a restart policy/),
    ])
  })

  it('warns of what Swarm ignores', async () => {
    const { stack } = await specOf('    depends_on: [db]\n    privileged: true\n    restart: always')
    expect(stack.warnings).toHaveLength(2)
    expect(stack.warnings[0]).toMatch(/services\.web\.depends_on means nothing to Swarm/)
  })

  it('takes what is external under either form, and what is put in for it', async () => {
    const stack = await stackOf(
      `services: { web: { image: a, volumes: ["data:/d", "other:/o", "own:/w"], networks: [proxy], secrets: [s], configs: [c] } }
volumes: { data: { external: { name: theirs } }, other: { external: "$YES" }, own: { external: false } }
networks: { proxy: { external: { name: traefik } } }
secrets: { s: { external: { name: their-secret } } }
configs: { c: { external: "\${YES}" } }`,
      { YES: 'true' },
    )
    const { Mounts: mounts } = (stack.services.get('shop_web')?.spec.TaskTemplate.ContainerSpec ?? {}) as {
      Mounts?: { Source: string }[]
    }
    expect(mounts?.map(({ Source }) => Source)).toEqual(['theirs', 'other', 'shop_own'])
    expect(stack.resources.map(({ name, external }) => [name, external])).toEqual([
      ['traefik', true],
      ['their-secret', true],
      ['c', true],
    ])
  })

  it('refuses a quoted boolean, as Docker does', async () => {
    const web = 'services: { web: { image: a } }'
    expect(await faultsOf(`${web}\nvolumes: { v: { external: "true" } }`)).toEqual([
      'stack.yml.volumes.v.external: must be true or false or a mapping',
    ])
    expect(await faultsOf(`name: other\n${web}`)).toEqual([expect.stringMatching(/the stack is called as the app/)])
  })

  it('sends options of tmpfs, and says which mean nothing', async () => {
    const { container, stack } = await specOf('    tmpfs: ["/run:size=64m,mode=1777,noexec"]')
    expect(container).toMatchObject({
      Mounts: [{ Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 64 * 1024 * 1024, Mode: 0o1777 } }],
    })
    expect(stack.warnings).toEqual([expect.stringMatching(/"noexec" means nothing/)])
  })

  it('does not read variables of the runner, wherever they are named', async () => {
    writeFileSync(path.join(folder, 'runner.env'), 'OTHER=1\nGITHUB_TOKEN\n')
    const env = {
      GITHUB_TOKEN: 'hidden',
      INPUT_SECRETS: 'hidden',
      ACTIONS_RUNTIME_TOKEN: 'hidden',
      RUNNER_TEMP: 'hidden',
    }
    const found = await faultsOf(
      `services:
  web:
    image: acme/app:\${GITHUB_TOKEN}
    command: run \${ACTIONS_RUNTIME_TOKEN:-none} $RUNNER_TEMP
    environment: { INPUT_SECRETS: , "INPUT_GITHUB-TOKEN": , MINE: "\${INPUT_SECRETS}" }
    env_file: [runner.env, /proc/self/environ]`,
      { ...env, 'INPUT_GITHUB-TOKEN': 'hidden' },
    )
    const text = found.join('\n')
    for (const name of ['GITHUB_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'RUNNER_TEMP', 'INPUT_SECRETS']) {
      expect(text).toContain(`${name} is a variable of the runner`)
    }
    expect(text).toContain('INPUT_GITHUB-TOKEN is a variable')
    expect(text).toContain('runner.env: GITHUB_TOKEN')
    expect(text).toContain('/proc/self/environ cannot be read')
    expect(text).not.toContain('hidden')
  })

  it('reads which commit and which run this is', async () => {
    writeFileSync(path.join(folder, 'build.env'), 'GITHUB_REPOSITORY\n')
    const names = ['GITHUB_SHA', 'GITHUB_REF_NAME', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID', 'GITHUB_ACTOR']
    const stack = await stackOf(
      `services:
  web:
    image: acme/app
    command: serve --commit \${GITHUB_SHA} --run $GITHUB_RUN_ID
    environment: { GITHUB_REF_NAME: , BY: "\${GITHUB_ACTOR:-nobody}" }
    env_file: [build.env]`,
      Object.fromEntries(names.map((name) => [name, `the-${name}`])),
    )
    const text = JSON.stringify([...stack.services])
    for (const name of names) expect(text).toContain(`the-${name}`)
  })

  it('says where YAML ends', async () => {
    expect(await stackOf('services: [').catch(asDeployError)).toMatchObject({ code: 'manifest-invalid' })
    expect(await faultsOf('just text')).toContain(`${path.join(folder, 'stack.yml')}: must be a mapping`)
  })

  it('finds the services of an image, and their full names', async () => {
    const stack = await stackOf(
      'services: { web: { image: "ghcr.io/acme/app:$TAG" }, worker: { image: ghcr.io/acme/app }, db: { image: postgres } }',
      { TAG: 'v1' },
    )
    const repository = parseRepository('ghcr.io/acme/app')
    expect(repository && servicesUsing(stack, repository)).toEqual(['shop_web', 'shop_worker'])
    expect(fullName(stack, 'shop', 'web')).toBe('shop_web')
    expect(fullName(stack, 'shop', 'shop_web')).toBe('shop_web')
    expect(fullName(undefined, 'shop', 'web')).toBe('web')
  })
})

describe('interpolation', () => {
  const env = { SET: 'here', EMPTY: '' }
  it.each([
    ['$SET ${SET}', 'here here'],
    ['${GONE:-other} ${GONE-other} ${EMPTY:-other} ${EMPTY-other}', 'other other other '],
    ['${SET:+yes}${EMPTY:+yes}${EMPTY+yes}', 'yesyes'],
    ['costs $$5', 'costs $5'],
    ['${EMPTY}', ''],
  ])('%s', (text, expected) => {
    const faults = new Faults()
    expect(interpolate({ a: [text] }, { env, faults })).toEqual({ a: [expected] })
    expect(faults.list).toEqual([])
  })

  it('puts an empty text where a variable is not set, with one warning', () => {
    const faults = new Faults()
    expect(interpolate({ a: { b: '[${GONE}]' } }, { env, faults })).toEqual({ a: { b: '[]' } })
    expect(faults.list).toEqual([])
    expect(faults.warnings).toEqual([expect.stringMatching(/^a\.b: the variable GONE is not set/)])
  })

  it.each([
    ['${GONE:?say why}', /GONE is required: say why/],
    ['${EMPTY:?}', /EMPTY is required/],
    ['a $ b', /is not a variable/],
  ])('%s is a fault', (text, problem) => {
    const faults = new Faults()
    interpolate({ a: { b: text } }, { env, faults })
    expect(faults.list).toHaveLength(1)
    expect(faults.list[0]).toMatch(problem)
    expect(faults.list[0]).toMatch(/^a\.b: /)
  })
})

describe('splitWords', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`sh -c 'echo "x $y"' ""`, ['sh', '-c', 'echo "x $y"', '']],
    ['a\\ b "c\\"d"', ['a b', 'c"d']],
    ['', []],
    ['open "quote', undefined],
  ])('%s', (text, words) => expect(splitWords(text)).toEqual(words))
})
