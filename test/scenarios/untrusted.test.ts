// What a checkout that nobody reviewed can and cannot do, through the bundle, against a real engine and registry.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { freshRun, World } from './world.ts'

describeWith('docker', 'registry')('a checkout that nobody reviewed', () => {
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: ['web'] })
  })
  afterAll(() => world.close())

  const write = (name: string, text: string) => {
    const file = path.join(world.app.dir, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const on = (event_name: string) => ({ github: { ...freshRun(), event_name } })

  describe('cannot promote or deploy', () => {
    it.each(['pull_request', 'merge_group', 'pull_request_review', 'issue_comment'])('on %s', async (event) => {
      write('.github/immutable-deploy.yml', 'promote: release-tag\n')
      const [before, tags] = await Promise.all([world.specDigests(), world.tags()])
      for (const inputs of [{}, { promote: 'release-tag' }, { promote: 'auto' }]) {
        const run = await world.release(inputs, on(event))
        expect(run.outputs, run.log).toMatchObject({ outcome: 'checked' })
      }
      const back = await world.rollback({}, on(event))
      expect(back.outputs, back.log).toMatchObject({ outcome: 'failed', 'reason-code': 'unsafe-event' })
      expect(await world.tags()).toEqual(tags)
      expect(await world.specDigests()).toEqual(before)
    })
  })

  it('cannot choose the target that is asked', async () => {
    let asked = 0
    const server = createServer((socket) => {
      asked += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    write('.github/immutable-deploy.yml', `docker-host: tcp://127.0.0.1:${String(port)}\n`)
    const checked = await world.release({}, on('pull_request'))
    const listed = await world.rollback({ list: 'true' }, on('pull_request'))
    server.close()
    expect(checked.outputs).toMatchObject({ outcome: 'checked' })
    expect(listed.outputs).toMatchObject({ outcome: 'failed', 'reason-code': 'invalid-input' })
    expect(asked).toBe(0)
  })

  it('shows no secret that its image prints, in any form', async () => {
    const secret = 'first line of it\nsecond/line+of "it"'
    write(
      '.github/immutable-deploy.yml',
      `smoke:
  container:
    secrets: [PRINTED]
    entrypoint:
      - /bin/busybox
      - sh
      - -c
      - |
        echo "$PRINTED"; echo "$PRINTED" | /bin/busybox base64; printf 'user:%s' "$PRINTED" | /bin/busybox base64
        echo "at $PRINTED" | /bin/busybox tr '\\n' ' '; exit 1
`,
    )
    const run = await world.release({ promote: 'none' }, { ...on('push'), env: { PRINTED: secret } })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'smoke-exited' })
    const shown = [run.raw.replaceAll(/^::add-mask::.*$/gm, ''), run.summary, ...Object.values(run.outputs)].join('\n')
    expect(shown).toContain('***')
    for (const part of ['first line of it', 'second/line', 'line+of']) expect(shown).not.toContain(part)
    for (const word of shown.match(/[A-Za-z0-9+/]{12,}={0,2}/g) ?? []) {
      expect(Buffer.from(word, 'base64').toString()).not.toMatch(/first line|line\+of/)
    }
  })
})
