// A whole stack through the action: every image in a registry that wants a login, and writings that Docker's client takes.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { makeApp, type App } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { freePort } from '../harness/ports.ts'
import { dockerConfig, startRegistry, type TestRegistry } from '../harness/registry.ts'
import { runAction } from '../harness/runner.ts'
import { eventually } from '../harness/temp.ts'

const ada = { user: 'ada', password: 'pw-of-ada' }
const bob = { user: 'bob', password: 'pw-of-bob' }

describeWith('docker', 'registry')('a stack of private images', () => {
  const stack = `private-${String(process.pid)}`
  let shop: TestRegistry
  let tools: TestRegistry
  let app: App
  let config: string

  beforeAll(async () => {
    ;[shop, tools] = await Promise.all([startRegistry({ auth: ada }), startRegistry({ auth: bob })])
    config = dockerConfig({ [shop.host]: ada, [tools.host]: bob })
    app = makeApp('healthy', { version: 'v1' })
  })
  afterAll(async () => {
    const names = (await docker('service', 'ls', '--filter', `name=${stack}`, '--quiet')).split('\n')
    if (names[0]) await docker('service', 'rm', ...names)
    await eventually('the containers are gone', async () => {
      return (await docker('ps', '-q', '--filter', `name=${stack}`)) === '' || undefined
    })
    for (const kind of ['config', 'network', 'volume']) {
      const left = (await docker(kind, 'ls', '--quiet', '--filter', `name=${stack}`)).split('\n')
      if (left[0]) await docker(kind, 'rm', ...left).catch(() => undefined)
    }
    app.remove()
    await Promise.all([shop.stop(), tools.stop()])
  })

  /** Pushed, and gone from the engine: whoever runs it has to pull it. */
  async function publish(image: string): Promise<string> {
    const source = makeApp('healthy', { version: image })
    await docker('build', '--quiet', '--tag', image, source.dir)
    await docker('--config', config, 'push', '--quiet', image)
    const [digest = ''] = JSON.parse(
      await docker('image', 'inspect', '--format', '{{json .RepoDigests}}', image),
    ) as string[]
    await docker('image', 'rm', '--force', image, digest)
    source.remove()
    return digest
  }

  const replicas = (service: string, of = stack) =>
    docker('service', 'ls', '--filter', `name=${of}_${service}`, '--format', '{{.Replicas}}')

  it('runs all of them, each with the login of its own registry', { timeout: 120_000 }, async () => {
    const digest = await publish(`${shop.host}/acme/by-digest:1`)
    await Promise.all([publish(`${shop.host}/acme/worker:1`), publish(`${tools.host}/deep/path/queue:1`)])
    const from = await freePort()
    const files = {
      'stack.yml': `
services:
  web:
    image: ${shop.host}/acme/app
    ports: ["${String(from)}-${String(from + 1)}:8080"]
    volumes: ["/tmp:/host:ro,rprivate", "/var/tmp:/z:z", "~/:/home:ro"]
    configs: [greeting]
    privileged: true
    shm_size: 64m
  worker: { image: "${shop.host}/acme/worker:1" }
  digest: { image: "${digest}" }
configs:
  greeting: { file: ./greeting.txt, template_driver: golang }
`,
      'more.yml': `
services:
  worker: { environment: { FROM: the-second-file } }
  queue: { image: "${tools.host}/deep/path/queue:1", init: true }
`,
      'greeting.txt': 'I am {{ .Service.Name }}\n',
    }
    const revision = app.commit('the stack', { files })
    const run = await runAction({
      workspace: app.dir,
      inputs: {
        image: `${shop.host}/acme/app`,
        app: stack,
        'deploy-to': 'swarm',
        manifests: 'stack.yml\nmore.yml',
        stability: '1s',
        timeout: '60s',
      },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_CONFIG: config },
      github: { sha: revision },
    })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    for (const service of ['web', 'worker', 'digest', 'queue']) {
      await eventually(`${service} runs`, async () => (await replicas(service)) === '1/1' || undefined, 30_000)
    }
    const env = '{{json .Spec.TaskTemplate.ContainerSpec.Env}}'
    expect(await docker('service', 'inspect', '--format', env, `${stack}_worker`)).toContain('FROM=the-second-file')
    const [container = ''] = (await docker('ps', '-q', '--filter', `name=${stack}_web`)).split('\n')
    expect(await docker('exec', container, '/bin/cat', '/greeting')).toBe(`I am ${stack}_web`)
    // What Docker leaves out in a Swarm is said.
    expect(run.log).toMatch(/privileged/)
    expect(run.log).not.toContain(Buffer.from(`${ada.user}:${ada.password}`).toString('base64'))
  })

  it('a login that is missing is found out and said, not passed over as healthy', { timeout: 120_000 }, async () => {
    const queue = `${tools.host}/deep/path/late:1`
    await publish(queue)
    const lonely = `services:\n  web: { image: "${shop.host}/acme/app" }\n  late: { image: "${queue}" }\n`
    const revision = app.commit('one login only', { version: 'v2', files: { 'stack.yml': lonely } })
    const run = await runAction({
      workspace: app.dir,
      inputs: {
        image: `${shop.host}/acme/app`,
        app: `${stack}-2`,
        'deploy-to': 'swarm',
        manifests: 'stack.yml',
        stability: '1s',
        timeout: '60s',
      },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_CONFIG: dockerConfig({ [shop.host]: ada }) },
      github: { sha: revision },
    })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(await replicas('late', `${stack}-2`)).toBe('0/1')
    const said = new RegExp(`service ${stack}-2_late.* does not run: .*(?:No such image|denied|auth|pull)`, 'i')
    expect(run.log).toMatch(said)
    expect((JSON.parse(run.outputs.result ?? '') as { warnings: string[] }).warnings.join('\n')).toMatch(said)
  })
})
