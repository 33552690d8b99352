// The small pure parts: names, containers, colours, differences, references.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import { candidates, COLOUR, idleLabels, matchFor, matches, newLabels, otherName } from './blue-green/colours.ts'
import { ownSelector, recoloured, restSelector } from './blue-green/colours.ts'
import { chooseContainers, sameImage, withImages } from './api/containers.ts'
import { diffLines } from './apply/diff.ts'
import { lockName } from './lock/lock.ts'
import { readManifests, withRepositoryImage } from './apply/manifests.ts'
import { parseWorkload } from './api/names.ts'
import { describeProbe } from './api/probe.ts'
import { mutableReferences } from './apply/references.ts'
import type { Template, Workload } from './api/schema.ts'

const repository = parseRepository('registry.test:5000/acme/app')!
const digest = `sha256:${'a'.repeat(64)}`
const template = (containers: object[], init: object[] = []) =>
  ({ spec: { containers, ...(init.length > 0 ? { initContainers: init } : {}) } }) as Template

describe('workload names', () => {
  it.each([
    ['web', 'deployment/web'],
    ['deploy/web', 'deployment/web'],
    ['sts/db', 'statefulset/db'],
    ['daemonsets.apps/agent', 'daemonset/agent'],
  ])('%s is %s', (text, label) => expect(parseWorkload(text)?.label).toBe(label))
  it.each(['pod/x', 'a/b/c', 'Deployment/Web', ''])('%s is none', (text) => expect(parseWorkload(text)).toBeUndefined())
})

describe('containers', () => {
  const app = { name: 'app', image: 'registry.test:5000/acme/app:1' }
  const other = { name: 'side', image: 'registry.test:5000/acme/side:1' }
  const names = (slots: ReturnType<typeof chooseContainers>) =>
    'code' in slots ? slots.code : slots.map(({ name }) => name)
  it('those that run the repository, init containers too; never another of the same registry', () => {
    expect(
      names(chooseContainers(template([other, app], [{ ...app, name: 'migrate' }]), repository, undefined, 'w')),
    ).toEqual(['app', 'migrate'])
    expect(names(chooseContainers(template([other]), repository, undefined, 'w'))).toEqual(['side'])
  })
  it('refuses to guess, with all names', () => {
    const several = chooseContainers(template([other, { ...other, name: 'x' }]), repository, undefined, 'w')
    expect(several).toMatchObject({ code: 'container-ambiguous', fix: 'Set container to one of: side, x.' })
    expect(chooseContainers(template([app]), repository, 'nope', 'w')).toMatchObject({ code: 'container-ambiguous' })
  })
  it('changes the image and nothing else', () => {
    const before = template([{ ...app, env: [] }, other])
    expect(withImages(before, new Map([['app', 'new']]))).toEqual(template([{ ...app, image: 'new', env: [] }, other]))
  })
  it('the same image is the same digest, whatever the registry', () => {
    expect(sameImage(`a@${digest}`, `mirror/a:tag@${digest}`)).toBe(true)
    expect(sameImage('a:1', 'a:2')).toBe(false)
    expect(sameImage(`a@${digest}`, 'a:1')).toBe(false)
  })
})

describe('colours', () => {
  const selector = { app: 'web' }
  it('alternates between two names', () => {
    expect(candidates('web-green')).toEqual(['web', 'web-green', 'web-blue'])
    expect(otherName('web', ['web'])).toBe('web-green')
    expect(otherName('web-green', ['web', 'web-green'])).toBe('web')
    expect(otherName('web-blue', ['web-blue'])).toBe('web-green')
    expect(otherName('web-green', ['web-green'])).toBe('web-blue')
  })
  const templateWith = (labels: Record<string, string>) => ({ metadata: { labels } }) as unknown as Template
  it('a new colour keeps what the Service’s file selects, and is told apart by a label of ours', () => {
    const live = { app: 'web', team: 'a' }
    const labels = newLabels(live, 'web-green')
    expect(labels).toEqual({ ...live, [COLOUR]: 'web-green' })
    const next = restSelector(selector, templateWith(labels))
    expect(next).toEqual({ app: 'web', [COLOUR]: 'web-green' })
    expect(ownSelector(next)).toEqual(selector)
    expect(matches(next, templateWith(live))).toBe(false)
    expect(matches(next, templateWith(labels))).toBe(true)
    expect(matchFor({ matchLabels: selector, matchExpressions: undefined }, labels).matchLabels).toEqual(next)
  })
  it('and the way back is the selector of before', () => {
    const green = newLabels({ app: 'web', team: 'a' }, 'web-green')
    const idle = {
      spec: { selector: { matchLabels: selector }, template: { metadata: { labels: { app: 'web', team: 'old' } } } },
    }
    const now = restSelector(selector, templateWith(green))
    const labels = idleLabels({ ...green, team: 'new' }, now, idle as unknown as Workload)
    expect(labels).toEqual({ app: 'web', team: 'new' })
    expect(restSelector(now, templateWith(labels))).toEqual(selector)
  })
  it('a colour label that the user has stays the user’s; two Deployments that differ in it are switched by it', () => {
    const own = { app: 'web', color: 'blue' }
    expect(newLabels(own, 'web-green')).toEqual({ ...own, [COLOUR]: 'web-green' })
    expect(restSelector(own, templateWith({ app: 'web', color: 'green' }))).toEqual({ app: 'web', color: 'green' })
  })
  it('affinity among its own pods stays so', () => {
    const term = (app: string) => ({
      podAntiAffinity: { required: [{ labelSelector: { matchLabels: { app, zone: 'x' } } }] },
    })
    const one = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [], affinity: term('web') },
    } as unknown as Template
    expect(recoloured(one, { app: 'web' }, { app: 'web-green' })).toEqual({
      metadata: { labels: { app: 'web-green' } },
      spec: { containers: [], affinity: term('web-green') },
    })
  })
})

describe('differences', () => {
  it('are lines, by container names, without noise and without secrets', () => {
    const before = {
      metadata: { resourceVersion: '1', labels: { a: 'b' } },
      spec: { replicas: 1, list: [{ name: 'web', image: 'x:1' }] },
      status: { a: 1 },
    }
    const after = {
      metadata: { resourceVersion: '2', labels: { a: 'b' } },
      spec: { replicas: 2, list: [{ name: 'web', image: 'x:2' }] },
      status: { a: 2 },
    }
    expect(diffLines(before, after)).toEqual(['spec.list[web].image: x:1 → x:2', 'spec.replicas: 1 → 2'])
    expect(diffLines(before, before)).toEqual([])
    expect(diffLines({ data: { p: 'c2VjcmV0' } }, { data: { p: 'b3RoZXI=' } }, true)).toEqual([
      'data.p: changes (not shown)',
    ])
  })
})

describe('configuration that stays', () => {
  it('is named, but for names with a hash', () => {
    const container = {
      name: 'web',
      envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'db-5f4dcc3b5a' } }],
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'token', key: 'a' } } }],
    }
    const one = {
      spec: { containers: [container], volumes: [{ name: 'v', secret: { secretName: 'tls' } }] },
    } as unknown as Template
    expect(mutableReferences(one)).toEqual(['ConfigMap settings', 'Secret tls', 'Secret token'])
  })
})

describe('manifests', () => {
  const read = async (files: Record<string, string>) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'imd-manifests-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
    const { manifests, faults } = await readManifests([folder], 'shop')
    rmSync(folder, { recursive: true })
    const { length } = folder
    return {
      names: manifests.map(({ kind, name }) => `${kind}/${name}`),
      faults: faults.map(({ what }) => what.slice(length + 1)),
    }
  }
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web}]}}}\n'
  const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n'
  it('come in the order in which they need each other', async () => {
    expect(
      await read({
        'a.yml': `${deployment}---\n${config}`,
        'b.json':
          '{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}]}',
      }),
    ).toEqual({
      names: ['ConfigMap/settings', 'Service/web', 'Deployment/web'],
      faults: [],
    })
  })
  it('say every fault with its line', async () => {
    const { faults } = await read({
      'a.yml': `${config}---\nkind: Deployment\n`,
      'b.yml': 'a: [\n',
      'c.yml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
      'd.yml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n',
      'e.yml': 'a: {{ .Values.x }}\n  b: 1\n',
      'kustomization.yaml': 'resources: []\n',
    })
    expect(faults).toEqual([
      expect.stringContaining('a.yml:5: apiVersion is missing'),
      expect.stringContaining('b.yml:'),
      expect.stringContaining('c.yml:1: a release never creates or changes a namespace'),
      expect.stringContaining('d.yml:1: configmap/x is for namespace other'),
      expect.stringContaining('has to be rendered first (helm template)'),
      expect.stringContaining('has to be rendered first (kubectl kustomize)'),
    ])
  })
  it('the image goes into every container that runs the repository, and no other', () => {
    const job = {
      spec: {
        containers: [
          { name: 'a', image: 'registry.test:5000/acme/app:1' },
          { name: 'b', image: 'registry.test:5000/acme/app2:1' },
        ],
      },
    }
    expect(withRepositoryImage(job, repository, 'new')).toEqual({
      spec: {
        containers: [
          { name: 'a', image: 'new' },
          { name: 'b', image: 'registry.test:5000/acme/app2:1' },
        ],
      },
    })
  })
})

describe('small things', () => {
  it('a probe by name', () => {
    expect(describeProbe({ httpGet: { path: '/h', port: 'http' } })).toBe('GET :http/h')
    expect(describeProbe({ exec: { command: ['/bin/check', '-a'] } })).toBe('exec /bin/check -a')
    expect(describeProbe({ tcpSocket: { port: 5432 } })).toBe('tcp :5432')
  })
  it('a lock’s name is a DNS name', () => {
    expect(lockName('Acme/Shop', 'pull request #7')).toBe('immutable-deploy-acme-shop-pull-request-7')
    expect(lockName('a'.repeat(90), 'x')).toHaveLength(63)
  })
})
