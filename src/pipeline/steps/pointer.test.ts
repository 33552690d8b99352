import { beforeEach, describe, expect, it } from 'vitest'
import { FakeRegistry } from '../../../test/fakes/registry.ts'
import type { Digest } from '../../domain/digest.ts'
import { parseRepository } from '../../domain/image.ts'
import type { Place } from '../../domain/place.ts'
import { placeKey } from '../../domain/place.ts'
import type { RecordKind } from '../../domain/tags.ts'
import { recordTag } from '../../domain/tags.ts'
import type { LedgerContext } from '../../ports.ts'
import { pointerOf } from './pointer.ts'

const repository = parseRepository('registry.test/app')
if (!repository) throw new Error('unreachable')
const place = (cluster: string): Place => ({
  repository: repository.name,
  app: 'app',
  environment: 'production',
  target: 'swarm',
  cluster,
  workloads: ['web'],
})
const key = (cluster: string) => placeKey(place(cluster))
const own = (cluster: string) => `production.${key(cluster)}`

let registry: FakeRegistry
let sequence = 0
let v1: Digest, v2: Digest, v3: Digest
beforeEach(() => {
  registry = new FakeRegistry()
  ;[v1, v2, v3] = [registry.push('1'), registry.push('2'), registry.push('3')]
})

function write(cluster: string, digest: Digest, environment = 'production', kind: RecordKind = 'deployed'): void {
  sequence += 1
  const owner = { environment, key: key(cluster) }
  registry.tagged.set(recordTag(owner, { kind, sequence, at: new Date(0), revision: undefined }), digest)
}

/** What a verified version of that place moves, and moves it. */
async function verified(cluster: string, digest: Digest, more: { adopted?: string; environmentTag?: string } = {}) {
  const ledgers = { repository, registry, place: place(cluster), adopted: more.adopted } as unknown as LedgerContext
  const context = { environment: 'production', environmentTag: more.environmentTag ?? 'production', ledgers }
  const pointer = await pointerOf(context, digest, registry)
  for (const tag of pointer.tags) registry.tagged.set(tag, digest)
  write(cluster, digest)
  return pointer
}

describe('the moving tag of an environment', () => {
  it('is the only one where one place has it', async () => {
    for (const digest of [v1, v2]) expect(await verified('east', digest)).toEqual({ tags: ['production'] })
  })

  it('stays on what another place runs; each place has one of its own', async () => {
    await verified('east', v1)
    const west = await verified('west', v2)
    expect(west.tags).toEqual([own('west')])
    expect(west.notice).toMatch(/production stays on what runs at another place of production \([a-z2-9]{10}\)/)
    expect(registry.tagged.get('production')).toBe(v1)
    expect(await verified('east', v3)).toEqual({ tags: ['production', own('east')] })
    expect((await verified('west', v1)).tags).toEqual([own('west')])
    expect([registry.tagged.get('production'), registry.tagged.get(own('west'))]).toEqual([v3, v1])
  })

  it('goes along when the last place has the version, one after the other', async () => {
    for (const cluster of ['east', 'west', 'north']) await verified(cluster, v1)
    for (const cluster of ['east', 'west']) expect((await verified(cluster, v2)).tags).toEqual([own(cluster)])
    expect((await verified('north', v2)).tags).toEqual(['production', own('north')])
  })

  it('is written where it is missing', async () => {
    write('east', v1)
    expect((await verified('west', v2)).tags).toEqual(['production', own('west')])
  })

  it('goes along with a rebuilt place, once that is said', async () => {
    await verified('east', v1)
    expect((await verified('rebuilt', v2)).notice).toContain(`adopt-history: ${key('east')}`)
    expect(await verified('rebuilt', v2, { adopted: key('east') })).toEqual({ tags: ['production'] })
    expect((await verified('rebuilt', v3)).tags).toEqual(['production', own('rebuilt')])
  })

  it('does not care for other environments, bad marks and older records', async () => {
    registry.tagged.set('production', v1)
    write('east', v1, 'production-eu')
    write('east', v1, 'staging')
    write('east', v1, 'production', 'bad')
    expect(await verified('west', v2)).toEqual({ tags: ['production'] })
    write('east', v2)
    write('east', v3)
    expect((await verified('west', v1)).tags).toEqual(['production', own('west')])
  })

  it('of another name is a person’s to share', async () => {
    await verified('east', v1, { environmentTag: 'live' })
    expect(await verified('west', v2, { environmentTag: 'live' })).toEqual({ tags: ['live'] })
  })
})
