// Manifests on a real cluster, beside kubectl: what they mean, whose fields they take over, and how they are refused.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { equal } from '../../src/domain/equal.ts'
import { EMPTY_HISTORY, withVerified } from '../../src/domain/history.ts'
import { LABEL } from '../../src/domain/labels.ts'
import { describeWith, need } from '../harness/lab.ts'
import { tempDir } from '../harness/temp.ts'
import { app, openBench, pinned, settle, stamp, type Bench } from './kubernetes-world.ts'

type Json = Record<string, unknown>

type Kubectl = (args: readonly string[], env?: Record<string, string>) => Promise<string>
type Before = (kubectl: Kubectl, text: string, fileOf: (text: string) => string) => Promise<unknown>

/** How people made and changed the objects so far. */
const OWNERS: readonly (readonly [string, Before])[] = [
  ['kubectl apply', (kubectl, text, fileOf) => kubectl(['apply', '--filename', fileOf(text)])],
  ['kubectl create', (kubectl, text, fileOf) => kubectl(['create', '--filename', fileOf(text)])],
  [
    'kubectl apply and edit',
    async (kubectl, text, fileOf) => {
      const file = fileOf(text)
      await kubectl(['apply', '--filename', file])
      await kubectl(['edit', '--filename', file], { KUBE_EDITOR: 'sed -i s/one/three/' })
    },
  ],
  [
    'kubectl apply --server-side',
    (kubectl, text, fileOf) => kubectl(['apply', '--server-side', '--filename', fileOf(text)]),
  ],
  [
    'kubectl create, set and replace',
    async (kubectl, text, fileOf) => {
      await kubectl(['create', '--filename', fileOf(text)])
      await kubectl(['set', 'env', `deployment/${/name: (\S+)}/.exec(text)?.[1] ?? ''}`, 'MODE=four'])
      await kubectl(['replace', '--filename', fileOf(text.replaceAll('one', 'five'))])
    },
  ],
]

const CUSTOM_KIND = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: samples.kube-files.example.com}
spec:
  group: kube-files.example.com
  names: {kind: Sample, plural: samples, singular: sample}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
`

describeWith('kubernetes', 'registry')('manifests on a cluster', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2'] })
  })
  afterAll(async () => {
    await kubectl(['delete', '--ignore-not-found', 'crd', 'samples.kube-files.example.com'])
    await bench.close()
  })

  const kubectl = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout } = await promisify(execFile)('kubectl', ['--namespace', bench.namespace, ...args], {
      env: { ...process.env, KUBECONFIG: need('kubernetes').KUBECONFIG, ...env },
    })
    return stdout
  }
  const fileOf = (text: string) => {
    const file = path.join(tempDir('manifest'), 'app.yml')
    writeFileSync(file, text)
    return file
  }
  const image = () => bench.image('v1')
  const repository = () => image().repository.name
  const target = (file: string, takeOver: readonly string[] = []) =>
    bench.target([], { manifests: [file], namespace: bench.namespace, takeOver }, { api: bench.openAdmin() })
  const check = async (file: string, takeOver: readonly string[] = []) => {
    const one = target(file, takeOver)
    try {
      return await one.check({ image: image(), dryRun: true })
    } finally {
      await one.close()
    }
  }
  /** Released as the pipeline does it, up to the verdict. */
  const release = async (file: string, takeOver: readonly string[] = []) => {
    const one = target(file, takeOver)
    try {
      expect(await one.check({ image: image(), dryRun: false })).toMatchObject({
        faults: [],
      })
      const rollout = await one.replace(image(), stamp(image()), await one.current())
      expect((await settle(one, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
      await one.record?.(withVerified(EMPTY_HISTORY, { digest: image().digest, at: new Date().toISOString() }), rollout)
    } finally {
      await one.close()
    }
  }
  const deployment = (name: string, extra = '', pod = '', container = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
${extra}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
${pod}
      containers: [{name: web, image: "${repository()}:any"${container}}]
`
  const live = async (kind: string, name: string) => (await bench.get(bench.path(kind, name))).body as Json
  const specOf = async (kind: string, name: string) => {
    const { spec, data } = await live(kind, name)
    return { spec, data }
  }

  it('ConfigMaps and Secrets that are missing are named at preflight, or said to be unreadable', async () => {
    const container = `, envFrom: [{secretRef: {name: keys}}, {configMapRef: {name: brought}}], env: [
        {name: A, valueFrom: {secretKeyRef: {name: sealed, key: a}}},
        {name: B, valueFrom: {configMapKeyRef: {name: spare, key: b, optional: true}}},
        {name: C, valueFrom: {configMapKeyRef: {name: there, key: c}}}]`
    const pod = `      volumes: [{name: all, projected: {sources: [{configMap: {name: pages}}]}}]`
    const brought = '{apiVersion: v1, kind: ConfigMap, metadata: {name: brought}, data: {x: y}}'
    const text = [deployment('refers', '', pod, container), brought].join('---\n')
    await bench.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there' }, data: { c: '1' } })
    await bench.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sealed' }, stringData: { a: '1' } })
    const { warnings, notices } = await check(fileOf(text))
    const named = warnings.find((warning) => warning.includes('neither in namespace'))
    expect(named).toContain('ConfigMap pages (deployment/refers), Secret keys (deployment/refers): ')
    expect(named).not.toMatch(/brought|spare|there|sealed/)
    expect(notices).toEqual([])
    const limited = bench.target([], { manifests: [fileOf(text)] })
    const { notices: unread, warnings: less } = await limited.check({ image: undefined, dryRun: false })
    expect(unread).toEqual([expect.stringMatching(/^ConfigMap pages .*Secret keys .*may not read them/)])
    expect(less.join()).not.toContain('neither in namespace')
  })

  it('octal modes, words and big integers mean what they mean to kubectl', { timeout: 90_000 }, async () => {
    const file = fileOf(`apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {id: s3cret}
---
${deployment(
  'modes',
  '  replicas: 0x1\n  revisionHistoryLimit: 1_0',
  `      automountServiceAccountToken: no
      volumes:
        - name: key
          secret: {secretName: key, defaultMode: 0400, items: [{key: id, path: id, mode: 0440}]}`,
)}`)
    const theirs = await kubectl(['apply', '--dry-run=server', '--output', 'json', '--filename', file])
    const wanted = (JSON.parse(theirs) as { items: Json[] }).items.find(({ kind }) => kind === 'Deployment')
    await release(file)
    const { spec } = await specOf('deployment', 'modes')
    const pod = (of: unknown) => (of as { template: { spec: Json } }).template.spec
    expect(pod(spec)['volumes']).toEqual(pod(wanted?.['spec'])['volumes'])
    expect(pod(spec)['volumes']).toMatchObject([{ secret: { defaultMode: 256, items: [{ mode: 288 }] } }])
    expect(pod(spec)['automountServiceAccountToken']).toBe(false)
    expect(spec).toMatchObject({ replicas: 1, revisionHistoryLimit: 10 })
  })

  it('integers keep their digits, also on the way back', { timeout: 90_000 }, async () => {
    await kubectl(['apply', '--filename', fileOf(CUSTOM_KIND)])
    await kubectl(['wait', '--for', 'condition=established', 'crd/samples.kube-files.example.com'])
    const file = fileOf(`apiVersion: kube-files.example.com/v1
kind: Sample
metadata: {name: digits}
spec: {big: 9007199254740993, small: -9223372036854775808, list: [9007199254740995], on: yes, text: "9007199254740993"}
---
${deployment('digits')}`)
    await release(file)
    const text = await kubectl(['get', 'samples.kube-files.example.com', 'digits', '--output', 'json'])
    for (const digits of ['"big": 9007199254740993', '-9223372036854775808', '9007199254740995', '"true": true']) {
      expect(text).toContain(digits)
    }
  })

  it.each([
    ['a field that does not exist', ', envForm: []', 'envForm'],
    ['a wrong type', ', ports: [{containerPort: "80"}]', 'containerPort'],
    ['a word for a number', ', ports: [{containerPort: no}]', 'containerPort'],
    ['a name that is there twice', ', env: [{name: A, value: "1"}, {name: A, value: "2"}]', 'A'],
    ['a list for a mapping', ', resources: [1]', 'resources'],
    ['a value out of range', ', ports: [{containerPort: 99999999}]', '99999999'],
  ])('says at once what the schema refuses: %s', async (_, container, word) => {
    const started = Date.now()
    const { faults } = await check(fileOf(deployment('faulty', '', '', container)))
    expect(faults).toMatchObject([{ code: 'manifest-invalid', what: expect.stringContaining(word) as unknown }])
    expect(Date.now() - started).toBeLessThan(5000)
  })

  it('a field that a custom kind does not have is refused, as kubectl refuses it', async () => {
    await kubectl(['apply', '--filename', fileOf(CUSTOM_KIND)])
    await kubectl(['wait', '--for', 'condition=established', 'crd/samples.kube-files.example.com'])
    const file = fileOf(`apiVersion: kube-files.example.com/v1
kind: Sample
metadata: {name: odd}
sepc: {big: 1}
---
${deployment('odd')}`)
    expect((await check(file)).faults).toMatchObject([
      { code: 'manifest-invalid', what: expect.stringContaining('sepc') as unknown },
    ])
  })

  it('a workload of the manifests is judged as it would be: replicas: 0, OnDelete, a partition', async () => {
    const refused = async (text: string) => (await check(fileOf(text))).faults
    expect(await refused(deployment('none', '  replicas: 0'))).toMatchObject([{ code: 'nothing-runs' }])
    expect(await refused(deployment('paused', '  paused: true'))).toMatchObject([{ code: 'nothing-runs' }])
    const set = deployment('set', '  serviceName: set\n  updateStrategy: {rollingUpdate: {partition: 1}}')
    expect(await refused(set.replace('kind: Deployment', 'kind: StatefulSet'))).toMatchObject([
      { code: 'not-supported' },
    ])
    await kubectl(['create', 'deployment', 'asleep', '--image', pinned(image()), '--replicas', '0'])
    const awake = deployment('asleep', '  replicas: 1')
    expect(await refused(awake)).toEqual([])
  })

  it('a failed release takes back what it changed, and nothing else', { timeout: 120_000 }, async () => {
    const objects = (port: number, colour: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {tier: ${colour}}}
data: {colour: ${colour}, same: "1"${colour === 'green' ? ', added: "1"' : ', gone: "1"'}}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: ${colour}}
---
apiVersion: v1
kind: Service
metadata: {name: back}
spec: {selector: {app: back}, ports: [{name: web, port: ${String(port)}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: doomed}
data: {colour: ${colour}}
---
${deployment('back', '', '', `, env: [{name: COLOUR, value: ${colour}}${colour === 'blue' ? ', {name: OLD, value: x}' : ''}]`)}`
    const before = fileOf(objects(80, 'blue'))
    await release(before)
    const content = async () => {
      const names = ['configmap/settings', 'secret/token', 'service/back', 'deployment/back']
      const parts = await Promise.all(names.map((name) => live(...(name.split('/') as [string, string]))))
      return parts.map(({ data, spec, metadata }) => ({ data, spec, labels: (metadata as Json)['labels'] }))
    }
    const was = await content()
    const warnings: string[] = []
    const file = `${objects(8080, 'green')}---
{apiVersion: v1, kind: ConfigMap, metadata: {name: brought}, data: {x: "why"}}`
    const options = { manifests: [fileOf(file)], namespace: bench.namespace }
    const one = bench.target([], options, { api: bench.openAdmin(), onWarning: (text) => void warnings.push(text) })
    const v2 = bench.image('v2')
    const running = await one.current()
    await one.check({ image: v2, dryRun: false })
    // Between look and change somebody else sets a key: it is theirs, and no part of what is taken back.
    const early = { op: 'add', path: '/data/early', value: 'theirs' }
    await kubectl(['patch', 'configmap', 'settings', '--type', 'json', '--patch', JSON.stringify([early])])
    await one.replace(v2, stamp(v2), running)
    expect(await content()).not.toEqual(was)
    const late = { op: 'add', path: '/data/late', value: 'theirs' }
    await kubectl(['patch', 'configmap', 'settings', '--type', 'json', '--patch', JSON.stringify([late])])
    await kubectl(['delete', 'configmap', 'doomed'])
    await one.restore(running, stamp(v2))
    const [settings, ...others] = await content()
    const theirs = { early: 'theirs', late: 'theirs' }
    expect(settings).toEqual({ ...was[0], data: { ...(was[0]?.data as Json), ...theirs } })
    expect(others).toEqual(was.slice(1))
    await expect(live('configmap', 'brought')).resolves.toMatchObject({ code: 404 })
    await expect(live('configmap', 'doomed')).resolves.toMatchObject({ code: 404 })
    expect(warnings.join()).not.toMatch(/what this release leaves/)
    await one.close()
    // The next release applies them anew: what its files have no more goes, also what came back in between.
    await release(fileOf(file))
    const now = await content()
    expect(now[0]?.data).toEqual({ colour: 'green', same: '1', added: '1', ...theirs })
    expect(now[2]?.spec).toMatchObject({ ports: [{ name: 'web', port: 8080 }] })
    const names = (now[3]?.spec as { template: { spec: { containers: { env: Json[] }[] } } }).template.spec.containers
    expect(names[0]?.env).toEqual([{ name: 'COLOUR', value: 'green' }])
  })

  it('what cannot go back is named with its reason', { timeout: 120_000 }, async () => {
    const settings = (more: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: fixed}, data: {x: "1"}${more}}`
    await kubectl(['apply', '--filename', fileOf(settings(''))])
    const warnings: string[] = []
    const text = `${settings(', immutable: true')}\n---\n${deployment('fixed')}`
    const options = { manifests: [fileOf(text)], namespace: bench.namespace }
    const one = bench.target([], options, { api: bench.openAdmin(), onWarning: (words) => void warnings.push(words) })
    await one.check({ image: image(), dryRun: false })
    const running = await one.current()
    await one.replace(image(), stamp(image()), running)
    await one.restore(running, stamp(image()))
    await one.close()
    expect(warnings.join()).toMatch(
      /configmap\/fixed was changed and does not go back: configmap\/fixed could not be put back/,
    )
    expect(await live('deployment', 'fixed')).toMatchObject({ code: 404 })
  })

  it.each(OWNERS)('takes over what %s set, as kubectl does', { timeout: 120_000 }, async (_, before) => {
    const [ours, theirs] = ['ours', 'theirs'].map(
      (name) => `${name}-${String(OWNERS.findIndex(([, each]) => each === before))}`,
    )
    const text = (name: string, level: string, more: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: {LEVEL: "${level}"${more}}
---
${deployment(name, `  replicas: ${level === 'one' ? '1' : '2'}`, '', `, env: [{name: MODE, value: "${level}"}${more === '' ? '' : ', {name: OLD, value: "1"}'}]`)}`
    for (const name of [ours, theirs] as const) await before(kubectl, text(name ?? '', 'one', ', OLD: "1"'), fileOf)
    const next = (name = '') => fileOf(text(name, 'two', ''))
    await kubectl(['apply', '--server-side', '--force-conflicts', '--filename', next(theirs)])
    await release(next(ours))
    for (const kind of ['configmap', 'deployment']) {
      const plain = (text: string) =>
        text
          .replaceAll(ours ?? '', 'NAME')
          .replaceAll(theirs ?? '', 'NAME')
          .replaceAll(pinned(image()), `${repository()}:any`)
      const [mine, other] = await Promise.all([specOf(kind, ours ?? ''), specOf(kind, theirs ?? '')])
      expect(JSON.parse(plain(JSON.stringify(mine))), kind).toEqual(JSON.parse(plain(JSON.stringify(other))))
    }
    // The second release finds nothing to take over, and its own history still there.
    const again = target(next(ours))
    expect((await again.history?.())?.[0]?.verified).toHaveLength(1)
    await again.close()
    await release(next(ours))
  })

  it('another manager is named, and taken over when it is named in take-over', { timeout: 120_000 }, async () => {
    const file = (level: string) => fileOf(deployment('chart', '', '', `, env: [{name: MODE, value: ${level}}]`))
    await kubectl(['apply', '--server-side', '--field-manager', 'helm', '--filename', file('one')])
    const [refused] = (await check(file('two'))).faults
    expect(refused).toMatchObject({
      code: 'managed-elsewhere',
      fix: expect.stringContaining('take-over: helm') as unknown,
    })
    expect(refused?.evidence?.join()).toContain('env[name="MODE"].value: conflict with "helm"')
    expect((await check(file('two'), ['argocd-controller'])).faults).toMatchObject([{ code: 'managed-elsewhere' }])
    await release(file('two'), ['helm'])
    expect(JSON.stringify(await specOf('deployment', 'chart'))).toContain('"MODE","value":"two"')
  })

  it('a file that was exported from the cluster does not bring an old history back', { timeout: 120_000 }, async () => {
    const file = fileOf(deployment('exported'))
    await release(file)
    const { annotations } = (await live('deployment', 'exported'))['metadata'] as {
      annotations: Record<string, string>
    }
    const object = { ...app('exported', `${repository()}:any`, { replicas: 1 }) }
    object['metadata'] = {
      name: 'exported',
      annotations: { ...annotations, [LABEL.history]: '{"verified":[],"bad":[]}' },
    }
    const exported = fileOf(stringify(object))
    await kubectl(['apply', '--server-side', '--force-conflicts', '--filename', file])
    await release(exported)
    const one = target(exported)
    expect((await one.history?.())?.[0]?.verified).toHaveLength(1)
    await one.close()
    expect(readFileSync(exported, 'utf8')).toContain('verified')
    expect(equal(annotations, {})).toBe(false)
  })
})
