// Credentials that end while a run lasts: asked for anew once, and only what is refused after that is final.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/compose/clock.ts'
import { openEcs } from '../../src/targets/ecs/client.ts'
import type { Double } from '../harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../harness/ecs/index.ts'
import { tempDir } from '../harness/temp.ts'

describe('credentials of Amazon ECS', () => {
  let double: Double
  let file: string

  /** What the one who provides the credentials has now; the SDK holds them for an hour. */
  function provide({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }): void {
    const Expiration = new Date(Date.now() + 3_600_000).toISOString()
    const keys = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Expiration }
    writeFileSync(file, JSON.stringify(keys))
  }

  beforeEach(async () => {
    double = await startDouble()
    const folder = tempDir('credentials')
    file = path.join(folder, 'keys.json')
    provide(double.credentials)
    const config = path.join(folder, 'config')
    writeFileSync(config, `[default]\ncredential_process = cat ${file}\n`)
    for (const [name, value] of Object.entries(double.env)) vi.stubEnv(name, value)
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
    vi.stubEnv('AWS_CONFIG_FILE', config)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await double.close()
  })

  async function asked(meanwhile: () => void) {
    const api = openEcs({ clock: systemClock, signal: new AbortController().signal, env: process.env })
    try {
      await api.read('DescribeClusters', {})
      double.credentials.expiresAt = 0
      meanwhile()
      const start = Date.now()
      const answer = await api.read('DescribeClusters', {}).catch((error: unknown) => error)
      return { answer, ms: Date.now() - start }
    } finally {
      api.close()
    }
  }

  it('that have ended are asked for anew, and the call is answered', async () => {
    const { answer } = await asked(() => provide(CREDENTIALS))
    expect(answer).toMatchObject({ clusters: [{ clusterName: 'default' }] })
  })

  it.each([
    ['the same again', () => undefined],
    ['nothing', () => writeFileSync(file, 'gone')],
  ])('are refused for good within a second where there is %s', async (_, meanwhile) => {
    const { answer, ms } = await asked(meanwhile)
    expect(answer).toMatchObject({ code: 'target-denied', isLasting: true })
    expect(ms).toBeLessThan(1000)
  })
})
