import { describe, expect, test } from 'vitest'
import { frames, jsonLines, messageOf } from './stream.ts'

/** The bytes, cut at every place in turn: a body may be cut anywhere. */
function* cuts(bytes: Uint8Array): Generator<AsyncIterable<Uint8Array>> {
  for (let at = 0; at <= bytes.length; at++) {
    yield (async function* () {
      yield bytes.subarray(0, at)
      yield bytes.subarray(at)
    })()
  }
}

function frame(stream: number, text: string): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

async function joined(body: AsyncIterable<Uint8Array>): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' }
  for await (const { from, bytes } of frames(body)) text[from] += Buffer.from(bytes).toString('latin1')
  return text
}

describe('container output', () => {
  test('multiplexed, wherever it is cut', async () => {
    const bytes = Buffer.concat([frame(1, 'out 1\n'), frame(2, 'err\n'), frame(1, ''), frame(1, 'out 2')])
    for (const body of cuts(bytes)) expect(await joined(body)).toEqual({ stdout: 'out 1\nout 2', stderr: 'err\n' })
  })

  test("a terminal's, shorter than a header too", async () => {
    for (const text of ['hi', 'a longer line\r\nand another']) {
      for (const body of cuts(Buffer.from(text))) expect((await joined(body)).stdout).toBe(text)
    }
  })
})

test('JSON lines, wherever they are cut; what is none is skipped', async () => {
  for (const body of cuts(Buffer.from('{"a":"ü"}\r\nnonsense\n\n{"b":2}'))) {
    const values: unknown[] = []
    for await (const value of jsonLines(body)) values.push(value)
    expect(values).toEqual([{ a: 'ü' }, { b: 2 }])
  }
})

test("the engine's words", () => {
  expect(messageOf(Buffer.from('{"message":"no such image"}'))).toBe('no such image')
  expect(messageOf(Buffer.from('404 page not found\n'))).toBe('404 page not found')
})
