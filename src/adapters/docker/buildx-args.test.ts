import { describe, expect, test } from 'vitest'
import { buildRequest } from '../../../test/fakes/build-request.ts'
import { parseRepository } from '../../domain/image.ts'
import type { BuildRequest } from '../../domain/request.ts'
import { buildxCall, type CallOptions } from './buildx-args.ts'

const plain = buildRequest('/src/app')

const full: BuildRequest = {
  ...plain,
  file: 'docker/Dockerfile',
  stage: 'final',
  platforms: ['linux/amd64', 'linux/arm64'],
  buildArgs: ['VERSION=1.2', 'LIST=a,b'],
  buildContexts: ['base=docker-image://alpine:3'],
  secrets: ['token=hunter2', 'pem=line 1\nline 2'],
  secretEnvs: ['npm=NPM_TOKEN'],
  secretFiles: ['cert=/run/cert,1.pem'],
  ssh: ['default'],
  cacheFrom: ['type=gha'],
  cacheTo: ['type=gha,mode=min'],
  noCache: true,
  noCacheFilters: ['deps'],
  pull: true,
  labels: { 'org.opencontainers.image.revision': 'abc', 'a.b': 'c d' },
  annotations: ['index:key=value'],
  provenance: 'mode=max',
  sbom: 'true',
  attests: ['type=x'],
  builder: 'mine',
  network: 'host',
  addHosts: ['db:10.0.0.1'],
  shmSize: '64m',
  ulimit: ['nofile=1024:2048'],
  allow: ['network.host'],
}

const repository = parseRepository('ghcr.io/acme/app')!
const base = { platforms: [], metadataFile: '/t/metadata.json', progress: 'rawjson' } as const
const line = (request: BuildRequest, options: Partial<CallOptions> & Pick<CallOptions, 'output'>): string =>
  buildxCall(request, { ...base, ...options }).args.join(' ')

describe('the command line', () => {
  test('docker driver: loads, without attestations', () => {
    expect(line(plain, { output: { to: 'engine' } })).toBe(
      'build --build-arg SOURCE_DATE_EPOCH=1767323045 --metadata-file /t/metadata.json --load --progress rawjson --provenance=false -- /src/app',
    )
  })

  test('docker-container, remote, kubernetes: pushes by digest, attestations as BuildKit sets them', () => {
    expect(line(plain, { output: { to: 'registry', repository }, platforms: ['linux/amd64', 'linux/arm64'] })).toBe(
      'build --build-arg SOURCE_DATE_EPOCH=1767323045 --metadata-file /t/metadata.json --output type=image,name=ghcr.io/acme/app,push-by-digest=true,name-canonical=true,push=true --platform linux/amd64,linux/arm64 --progress rawjson -- /src/app',
    )
  })

  test('several platforms without push: all are built into the cache', () => {
    expect(line(plain, { output: { to: 'cache' }, platforms: ['linux/amd64', 'linux/arm64'] })).toContain(
      '--output type=cacheonly --platform linux/amd64,linux/arm64',
    )
  })

  test('every input', () => {
    const { args, env } = buildxCall(full, {
      ...base,
      output: { to: 'registry', repository },
      platforms: full.platforms,
    })
    expect(args).toEqual([
      'build',
      '--add-host',
      'db:10.0.0.1',
      '--allow',
      'network.host',
      '--annotation',
      'index:key=value',
      '--attest',
      'type=x',
      '--build-arg',
      'VERSION=1.2',
      '--build-arg',
      'LIST=a,b',
      '--build-arg',
      'SOURCE_DATE_EPOCH=1767323045',
      '--build-context',
      'base=docker-image://alpine:3',
      '--builder',
      'mine',
      '--cache-from',
      'type=gha',
      '--cache-to',
      'type=gha,mode=min',
      '--file',
      'docker/Dockerfile',
      '--label',
      'org.opencontainers.image.revision=abc',
      '--label',
      'a.b=c d',
      '--metadata-file',
      '/t/metadata.json',
      '--network',
      'host',
      '--no-cache',
      '--no-cache-filter',
      'deps',
      '--output',
      'type=image,name=ghcr.io/acme/app,push-by-digest=true,name-canonical=true,push=true',
      '--platform',
      'linux/amd64,linux/arm64',
      '--progress',
      'rawjson',
      '--provenance=mode=max',
      '--pull',
      '--sbom=true',
      '--secret',
      'id=token,env=IMD_SECRET_0',
      '--secret',
      'id=pem,env=IMD_SECRET_1',
      '--secret',
      'id=npm,env=NPM_TOKEN',
      '--secret',
      'id=cert,"src=/run/cert,1.pem"',
      '--shm-size',
      '64m',
      '--ssh',
      'default',
      '--target',
      'final',
      '--ulimit',
      'nofile=1024:2048',
      '--',
      '/src/app',
    ])
    expect(env).toEqual({ IMD_SECRET_0: 'hunter2', IMD_SECRET_1: 'line 1\nline 2' })
    expect(args.join('\n')).not.toContain('hunter2')
  })

  test("the user's SOURCE_DATE_EPOCH wins", () => {
    const args = line({ ...plain, buildArgs: ['SOURCE_DATE_EPOCH=0'] }, { output: { to: 'engine' } })
    expect(args.match(/SOURCE_DATE_EPOCH/g)).toHaveLength(1)
    expect(args).toContain('--build-arg SOURCE_DATE_EPOCH=0')
  })
})

describe("the workflow's token for a Git context", () => {
  const call = (context: string, serverUrl?: string, secrets: string[] = []): ReturnType<typeof buildxCall> =>
    buildxCall({ ...plain, context, secrets, githubToken: 'ghs_x' }, { ...base, output: { to: 'engine' }, serverUrl })

  test('goes to its own server by name, never into the arguments', () => {
    const { args, env } = call('https://github.com/acme/app.git#abc')
    expect(args).toContain('id=GIT_AUTH_TOKEN.github.com,env=IMD_SECRET_0')
    expect(env).toEqual({ IMD_SECRET_0: 'ghs_x' })
    expect(args.join(' ')).not.toContain('ghs_x')
    expect(call('https://git.acme.com/a.git', 'https://git.acme.com').env).toEqual({ IMD_SECRET_0: 'ghs_x' })
  })

  test.each([
    ['another host', 'https://evil.example/acme/app.git'],
    ['a look-alike', 'https://github.com.evil.example/a.git'],
    ['a host behind credentials', 'https://github.com@evil.example/a.git'],
    ['plain HTTP', 'http://github.com/a.git'],
    ['a folder', '/src/app'],
  ])('not to %s', (_what, context) => {
    expect(call(context).env).toEqual({})
  })

  test('not beside the one that the user gave', () => {
    expect(call('https://github.com/a/b.git', undefined, ['GIT_AUTH_TOKEN=mine']).env).toEqual({ IMD_SECRET_0: 'mine' })
  })
})
