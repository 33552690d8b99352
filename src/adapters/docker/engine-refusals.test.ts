import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildRequest } from '../../../test/fakes/build-request.ts'
import type { BuildRequest } from '../../domain/request.ts'
import { mountTypes } from './build-request.ts'
import { ulimitOf } from './engine-builder.ts'
import { refusals } from './engine-refusals.ts'

const plain = buildRequest('/nowhere', {
  platforms: ['linux/amd64'],
  buildArgs: ['A=b'],
  cacheFrom: ['acme/app:cache', 'type=registry,ref=acme/app:cache'],
  noCache: true,
  pull: true,
  provenance: 'false',
  addHosts: ['a:1.2.3.4'],
  network: 'host',
})

const names = (change: Partial<BuildRequest>, version = '1.51'): string[] =>
  refusals({ ...plain, ...change }, version).map(({ name }) => name)

describe("what the engine's own builder refuses", () => {
  test('nothing that it can do', () => {
    expect(names({})).toEqual([])
  })

  test.each([
    ['secrets', { secrets: ['a=b'] }],
    ['secret-envs', { secretEnvs: ['a=B'] }],
    ['secret-files', { secretFiles: ['a=/b'] }],
    ['ssh', { ssh: ['default'] }],
    ['cache-to', { cacheTo: ['type=inline'] }],
    ['cache-from', { cacheFrom: ['type=gha'] }],
    ['build-contexts', { buildContexts: ['a=b'] }],
    ['no-cache-filters', { noCacheFilters: ['a'] }],
    ['annotations', { annotations: ['a=b'] }],
    ['attests', { attests: ['type=sbom'] }],
    ['allow', { allow: ['network.host'] }],
    ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }],
    ['provenance', { provenance: 'mode=max' }],
    ['sbom', { sbom: 'true' }],
    ['builder', { builder: 'mine' }],
  ])('%s', (name, change) => {
    expect(names(change)).toEqual([name])
  })

  test('with the line that adds buildx, and no secret value', () => {
    const [fault] = refusals({ ...plain, secrets: ['token=hunter2'] }, '1.51')
    expect(fault?.problem).toContain('- uses: docker/setup-buildx-action@v3')
    expect(JSON.stringify(fault)).not.toContain('hunter2')
  })

  test('what engines before 23 would ignore', () => {
    expect(names({ shmSize: '64m', ulimit: ['nofile=1:2'] }, '1.41')).toEqual(['shm-size', 'ulimit'])
    expect(names({ shmSize: '64m', ulimit: ['nofile=1:2'] }, '1.42')).toEqual([])
  })

  test('secret mounts in the Dockerfile', () => {
    const context = mkdtempSync(join(tmpdir(), 'refusals-'))
    writeFileSync(join(context, 'Dockerfile'), 'FROM x\nRUN --mount=type=secret,id=a cat /run/secrets/a\n')
    expect(refusals({ ...plain, context }, '1.51')).toMatchObject([{ name: 'file', value: 'RUN --mount=type=secret' }])
    rmSync(context, { recursive: true })
  })
})

test('mounts of a Dockerfile: continued lines, comments, several in one', () => {
  const text = `FROM x
# RUN --mount=type=secret,id=commented
RUN --mount=type=cache,target=/c \\
    # between
    --mount=id=key,type=ssh make
run --mount=target=/x true
COPY --from=type=secret /a /b`
  expect([...mountTypes(text)].sort()).toEqual(['bind', 'cache', 'ssh'])
})

test('limits as the API takes them', () => {
  expect(ulimitOf('nofile=1024:2048')).toEqual({ Name: 'nofile', Soft: 1024, Hard: 2048 })
  expect(ulimitOf('nproc=5')).toEqual({ Name: 'nproc', Soft: 5, Hard: 5 })
})
