// What is refused before anything happens: all faults at once, in words that a person can act on.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { makeApp } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { runAction } from '../harness/runner.ts'
import { World } from './world.ts'

describe('wrong inputs', () => {
  it('are told all at once, each with what was meant', async () => {
    const app = makeApp()
    const run = await runAction({
      workspace: app.dir,
      inputs: {
        image: 'ghcr.io/acme/shop:latest',
        'deploy-to': 'swram',
        promote: 'relase-tag',
        stability: '10',
        timeout: 'soon',
        'dry-run': 'yes please',
        'environment-tag': 'sha-production',
        revision: 'main',
        push: 'true',
      },
    })
    app.remove()
    expect(run.outcome).toBe('failure')
    expect(run.outputs).toMatchObject({ outcome: 'failed', 'reason-code': 'invalid-input' })
    const faults = (JSON.parse(run.outputs.result ?? '') as { faults: { name: string; suggestion?: string }[] }).faults
    const names = faults.map(({ name }) => name)
    for (const name of ['image', 'deploy-to', 'promote', 'stability', 'timeout', 'dry-run', 'revision', 'push']) {
      expect(names, run.log).toContain(name)
    }
    const suggestions = Object.fromEntries(faults.map(({ name, suggestion }) => [name, suggestion]))
    expect(suggestions).toMatchObject({ image: 'ghcr.io/acme/shop', 'deploy-to': 'swarm', promote: 'release-tag' })
    for (const name of names) expect(run.log).toContain(name)
    expect(run.summary).toContain('relase-tag')
    expect(run.stages.at(-1)?.name).toBe('post')
  })

  it('a fork’s code is refused where the secrets are', async () => {
    const app = makeApp()
    for (const action of [undefined, path.resolve(import.meta.dirname, '../../rollback')]) {
      const run = await runAction({
        ...(action && { action }),
        workspace: app.dir,
        inputs: { image: 'ghcr.io/acme/shop' },
        github: { event_name: 'pull_request_target' },
        event: {
          repository: { full_name: 'acme/shop' },
          pull_request: { head: { sha: app.revision, repo: { full_name: 'mallory/shop' } } },
        },
      })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'unsafe-event' })
      expect(run.outcome).toBe('failure')
    }
    app.remove()
  })
})

describeWith('docker', 'registry')('a commit that is not what it says', () => {
  let registry: TestRegistry
  let world: World
  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry.stop())
  beforeEach(async () => {
    world = await World.open({ registry })
  })
  afterEach(() => world.close())

  const put = (name: string, text: string): void => writeFileSync(path.join(world.app.dir, name), text)

  it('a tracked file differs: refused, or a warning', async () => {
    put('www/version', 'not committed\n')
    const refused = await world.release()
    expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'dirty-tree' })
    expect(refused.outputs.reason).toContain('www/version')
    expect(await world.tags()).toEqual([])
    const warned = await world.release({ policy: 'warn' })
    expect(warned.outputs, warned.log).toMatchObject({ outcome: 'released' })
    expect(warned.result.warnings.join('\n')).toContain('www/version')
    // A dirty image never passes for the clean commit's.
    world.app.git('checkout', '--', '.')
    const clean = await world.release()
    expect(clean.outputs, clean.log).toMatchObject({ outcome: 'failed', 'reason-code': 'inputs-differ' })
    expect(clean.outputs.reason).toContain('tree')
  })

  it('an untracked file is listed, one that looks like a credential refused', async () => {
    put('notes.txt', 'x')
    const listed = await world.release({ promote: 'none' })
    expect(listed.outputs, listed.log).toMatchObject({ outcome: 'checked' })
    put('.env', 'TOKEN=1')
    const refused = await world.release()
    expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'secret-in-context' })
    expect(refused.outputs.reason).toContain('.env')
    expect(await world.tags()).toEqual([])
  })

  it('other build inputs for a released commit: the differing ones are named, never their values', async () => {
    const first = await world.release({ 'build-args': 'COLOUR=blue-secret\nSIZE=1' })
    expect(first.outputs, first.log).toMatchObject({ outcome: 'released' })
    const run = await world.release({ 'build-args': 'COLOUR=red-secret\nSIZE=1' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'inputs-differ' })
    expect(run.outputs.reason).toContain('COLOUR')
    expect(run.outputs.reason).not.toContain('SIZE')
    expect(run.log).not.toMatch(/(?:blue|red)-secret/)
    // A second image of the same commit has its own tag.
    const second = await world.release({ 'build-args': 'COLOUR=red-secret\nSIZE=1', 'tag-suffix': 'red' })
    expect(second.outputs, second.log).toMatchObject({
      outcome: 'released',
      tags: `sha-${world.app.revision}-red`,
    })
    expect(await world.digestOf(`sha-${world.app.revision}`)).toBe(first.outputs.digest)
  })

  it('a release tag that no release of ours wrote: refused with both digests, and never moved', async () => {
    const tag = `sha-${world.app.revision}`
    const foreign = (await world.publishZero()).split('@')[1]
    await docker('tag', `${world.image}:before`, `${world.image}:${tag}`)
    await docker('push', '--quiet', `${world.image}:${tag}`)
    const run = await world.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'tag-conflict' })
    expect(run.outputs.reason).toContain(foreign)
    expect(run.outputs.reason).toContain(run.outputs.digest)
    expect(await world.digestOf(tag)).toBe(foreign)
  })

  it('a commit that the event does not mean: refused to promote, a notice otherwise', async () => {
    const github = { sha: 'b'.repeat(40) }
    const refused = await world.release({}, { github })
    expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'revision-mismatch' })
    expect(refused.log).toContain('ref: ')
    const noticed = await world.release({ promote: 'none' }, { github })
    expect(noticed.outputs, noticed.log).toMatchObject({ outcome: 'checked' })
    expect(noticed.annotations.filter(({ level }) => level === 'notice')).toHaveLength(1)
  })
})
