// What the reusable workflows hand to which job: typed inputs, and each credential to the job that needs it and no other.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runWorkflow } from '../harness/act.ts'
import { makeApp } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { recordingAction } from '../harness/recording-action.ts'
import { tempDir } from '../harness/temp.ts'

interface Workflow {
  readonly on: { readonly workflow_call: { readonly secrets: Readonly<Record<string, unknown>> } }
  readonly jobs: Readonly<Record<string, { readonly steps: readonly object[] }>>
}

const workflow = (name: string) =>
  parse(readFileSync(path.join(root, `.github/workflows/${name}.yml`), 'utf8')) as Workflow

describe('a secret stands in the jobs that need it, and in no other', () => {
  it.each([
    {
      name: 'release',
      build: ['build-secrets', 'registry-password', 'smoke-env'],
      deploy: ['kubeconfig', 'registry-password', 'ssh-key'],
    },
    { name: 'rollback', rollback: ['kubeconfig', 'registry-password', 'ssh-key'] },
    {
      name: 'preview',
      check: [],
      deploy: ['build-secrets', 'kubeconfig', 'registry-password', 'smoke-env', 'ssh-key'],
      remove: ['kubeconfig', 'registry-password', 'ssh-key'],
      sweep: ['kubeconfig', 'registry-password', 'ssh-key'],
    },
  ])('$name', ({ name, ...expected }) => {
    const { jobs, on } = workflow(name)
    const used = Object.entries(jobs).map(([job, body]) => {
      const names = [...JSON.stringify(body).matchAll(/secrets\.([a-z-]+)/g)].map(([, secret = '']) => secret)
      return [job, [...new Set(names)].toSorted()]
    })
    expect(Object.fromEntries(used)).toEqual(expected)
    expect(Object.keys(on.workflow_call.secrets).toSorted()).toEqual(
      [...new Set(Object.values(expected).flat())].toSorted(),
    )
  })
})

function sshKey(): string {
  const folder = tempDir('key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'deploy-key', '-f', path.join(folder, 'key')])
  return readFileSync(path.join(folder, 'key'), 'utf8')
}

const SECRETS = {
  REGISTRY: 'hunter-registry\n',
  KUBE: 'apiVersion: v1 # hunter-kube',
  BUILD: 'npm=hunter-build',
  SMOKE: '# for the test\nAPI_KEY=hunter%smoke\r\nOTHER=',
}
/** Everything above, as it would look in a file, an input or a variable. */
const LEAKS = /hunter-kube|hunter-build|hunter%smoke/g
const leaksIn = (value: object) => [...new Set(JSON.stringify(value).match(LEAKS))].toSorted()

async function call(
  inputs: Readonly<Record<string, string>>,
  name = 'release',
  stubs: Record<string, string> = {},
  code = 0,
) {
  const action = recordingAction()
  const app = makeApp()
  const indented = Object.entries(inputs).map(([key, value]) => `      ${key}: ${value}\n`)
  const ofBuild = '      build-secrets: ${{ secrets.BUILD }}\n      smoke-env: ${{ secrets.SMOKE }}\n'
  const run = await runWorkflow({
    app,
    action: action.folder,
    stubs,
    secrets: { ...SECRETS, KEY: sshKey() },
    workflows: {
      'ship.yml': `on: push
jobs:
  ship:
    uses: OWNER/immutable-deploy/.github/workflows/${name}.yml@v1
    with:
${indented.join('')}    secrets:
      registry-password: \${{ secrets.REGISTRY }}
      kubeconfig: \${{ secrets.KUBE }}
      ssh-key: \${{ secrets.KEY }}
${name === 'release' ? ofBuild : ''}  next:
    needs: ship
    runs-on: ubuntu-latest
    steps:
      - run: echo "heard \${{ needs.ship.outputs.outcome }} \${{ needs.ship.outputs.digest }} \${{ needs.ship.outputs.reused }}"
`,
    },
  })
  app.remove()
  expect(run.code, run.log).toBe(code)
  const recorded = action.recorded()
  const of = (job: string) => {
    const found = recorded.find((one) => one.job === job)
    if (!found) throw new Error(`${job} did not run: ${run.log}`)
    return found
  }
  return { run, of, recorded }
}

const SWARM = { image: 'registry.test:5000/acme/shop', 'deploy-to': 'swarm', workload: 'shop_web' }

describeWith('act')('through a real runner', () => {
  it('each secret reaches its job, and nothing of it is left', async () => {
    const { run, of } = await call({
      ...SWARM,
      'registry-username': 'robot',
      'ssh-known-hosts': 'swarm ssh-ed25519 AAAA',
    })
    const [build, deploy] = [of('build'), of('deploy')]

    expect(build.inputs['secrets']).toBe('npm=hunter-build')
    expect(build.env['API_KEY']).toBe('hunter%smoke')
    expect(leaksIn(build)).toEqual(['hunter%smoke', 'hunter-build'])
    expect(build.keys).toBe('')

    expect(deploy.files['KUBECONFIG']).toContain('hunter-kube')
    expect(deploy.keys).toContain('deploy-key')
    expect(leaksIn(deploy)).toEqual(['hunter-kube'])

    for (const { files } of [build, deploy]) {
      const { auths } = JSON.parse(files['REGISTRY_AUTH_FILE'] ?? '{}') as { auths: Record<string, { auth: string }> }
      expect(Object.keys(auths)).toEqual(['registry.test:5000'])
      expect(Buffer.from(auths['registry.test:5000']?.auth ?? '', 'base64').toString()).toBe('robot:hunter-registry')
    }
    const places = [build, deploy].flatMap(({ env }) =>
      ['KUBECONFIG', 'REGISTRY_AUTH_FILE', 'SSH_AUTH_SOCK'].flatMap((key) => env[key] ?? []),
    )
    expect(places).toHaveLength(4)
    for (const place of places) expect(existsSync(place), place).toBe(false)
    expect(run.log).not.toMatch(LEAKS)
    expect(run.log).toContain(`heard healthy sha256:${'1'.repeat(64)} false`)
    expect(run.stubs).toEqual([])
  })

  it('nothing is left after a cancellation either', async () => {
    const action = recordingAction({ hangsIn: 'deploy' })
    const app = makeApp()
    const run = await runWorkflow({
      app,
      action: action.folder,
      cancelOn: /here it hangs/,
      secrets: { ...SECRETS, KEY: sshKey() },
      workflows: {
        'ship.yml': `on: push
jobs:
  ship:
    uses: OWNER/immutable-deploy/.github/workflows/release.yml@v1
    with: {image: registry.test/acme/shop, deploy-to: swarm}
    secrets: {kubeconfig: '\${{ secrets.KUBE }}', ssh-key: '\${{ secrets.KEY }}', registry-password: '\${{ secrets.REGISTRY }}'}
`,
      },
    })
    app.remove()
    expect(run.code).not.toBe(0)
    const deploy = action.recorded().find(({ job }) => job === 'deploy')
    expect(deploy?.keys, run.log).toContain('deploy-key')
    for (const name of ['KUBECONFIG', 'REGISTRY_AUTH_FILE', 'SSH_AUTH_SOCK'])
      expect(existsSync(deploy?.env[name] ?? '/'), name).toBe(false)
  })

  it('what was not given stays empty, so that the configuration file can say it', async () => {
    const { of } = await call({ ...SWARM, 'no-cache': 'true', 'early-stop': 'false' })
    const { secrets: _, 'github-token': __, ...build } = of('build').inputs
    expect(build).toEqual({ image: SWARM.image, promote: 'release-tag', 'no-cache': 'true' })
    const { 'github-token': ___, ...deploy } = of('deploy').inputs
    const digest = `sha256:${'1'.repeat(64)}`
    expect(deploy).toEqual({ ...SWARM, environment: 'production', digest, 'early-stop': 'false' })
  })

  it('roles on AWS: the job that builds gets the one for the registry', async () => {
    const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop'
    const inputs = {
      ...SWARM,
      image: ecr,
      'aws-role': 'deployer',
      'registry-aws-role': 'pusher',
      'aws-region': 'eu-central-1',
    }
    const roles = async (given: Record<string, string>) => {
      const { run } = await call(given)
      return run.stubs.map(({ uses, job, inputs: { 'ROLE-TO-ASSUME': role } }) =>
        [job, uses.split('/')[1], role].join(' '),
      )
    }
    expect(await roles(inputs)).toEqual([
      'build configure-aws-credentials pusher',
      'build amazon-ecr-login ',
      'deploy configure-aws-credentials deployer',
      'deploy amazon-ecr-login ',
    ])
    expect(await roles({ ...inputs, image: SWARM.image, 'registry-aws-role': "''" })).toEqual([
      'deploy configure-aws-credentials deployer',
    ])
  })

  it('Amazon EKS: the kubeconfig is written with the deploying role', async () => {
    // The role is assumed; the command line of AWS writes down what it was called with.
    const assumed = `mkdirSync(process.env.RUNNER_TEMP + '/bin', { recursive: true })
writeFileSync(process.env.RUNNER_TEMP + '/bin/aws', '#!/bin/sh\\necho "$AWS_ROLE: $*" > "$8"\\n', { mode: 0o700 })
setEnv('AWS_ROLE', inputs['ROLE-TO-ASSUME']); appendFileSync(process.env.GITHUB_PATH, process.env.RUNNER_TEMP + '/bin\\n')`
    const inputs = {
      'kube-provider': 'eks',
      'eks-cluster': 'shop',
      'aws-role': 'deployer',
      'aws-region': 'eu-central-1',
    }
    const { of, run } = await call(
      { image: SWARM.image, 'deploy-to': 'kubernetes', workload: 'deployment/web', ...inputs },
      'release',
      { 'aws-actions/configure-aws-credentials': assumed },
    )
    expect(run.stubs.map(({ uses, job }) => `${job} ${uses}`)).toEqual(['deploy aws-actions/configure-aws-credentials'])
    const { files, env } = of('deploy')
    expect(files['KUBECONFIG']).toBe(
      `deployer: eks update-kubeconfig --name shop --region eu-central-1 --kubeconfig ${env['KUBECONFIG'] ?? ''}\n`,
    )
    expect(existsSync(env['KUBECONFIG'] ?? '')).toBe(false)
    expect(of('build').env['AWS_ROLE']).toBeUndefined()
  })

  it('an unknown kube-provider is refused before anything is deployed', async () => {
    const { run, recorded } = await call({ ...SWARM, 'kube-provider': 'gkee' }, 'rollback', {}, 1)
    expect(run.log).toContain('kube-provider is not one of')
    expect(recorded).toEqual([])
  })

  it('Azure and Google: the kubeconfig goes to the other credentials, and is removed', async () => {
    const leaves = (name: string) =>
      `const file = process.env.GITHUB_WORKSPACE + '/${name}'; writeFileSync(file, 'kubeconfig of ${name}'); setEnv('KUBECONFIG', file)`
    const creds = `const creds = process.env.GITHUB_WORKSPACE + '/gha-creds.json'; writeFileSync(creds, '{}'); setEnv('GOOGLE_GHA_CREDS_PATH', creds)`
    const stubs = {
      'azure/aks-set-context': leaves('aks'),
      'google-github-actions/get-gke-credentials': leaves('gke'),
      'google-github-actions/auth': creds,
    }
    const kubernetes = { image: SWARM.image, 'deploy-to': 'kubernetes', workload: 'deployment/web' }
    const aks = await call(
      { ...kubernetes, 'kube-provider': 'aks', 'aks-cluster': 'one', 'aks-resource-group': 'two' },
      'release',
      stubs,
    )
    expect(aks.run.stubs.map(({ uses, job }) => `${job} ${uses}`)).toEqual([
      'deploy azure/login',
      'deploy azure/use-kubelogin',
      'deploy azure/aks-set-context',
    ])
    const gke = await call({ ...kubernetes, 'kube-provider': 'gke', 'gke-cluster': 'one' }, 'rollback', stubs)
    for (const { deploy, text } of [
      { deploy: aks.of('deploy'), text: 'kubeconfig of aks' },
      { deploy: gke.of('rollback'), text: 'kubeconfig of gke' },
    ]) {
      expect(deploy.files['KUBECONFIG']).toBe(text)
      expect(deploy.env['KUBECONFIG']).toBe(`${deploy.env['RUNNER_TEMP'] ?? ''}/target-credentials/kubeconfig`)
      expect(existsSync(deploy.env['KUBECONFIG'] ?? '')).toBe(false)
    }
    expect(aks.of('deploy').env['AZURE_CONFIG_DIR']).toContain('/target-credentials/azure')
    expect(existsSync(gke.of('rollback').env['GOOGLE_GHA_CREDS_PATH'] ?? '')).toBe(false)
  })
})
