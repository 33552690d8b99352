/**
 * Reads a body whole. What is larger than expected is not what was asked for, and could fill the memory.
 * @throws Error with code EMSGSIZE
 */
export async function readWhole(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > most) throw tooLarge(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The beginning of a body, at most `most` bytes of it; the rest is not read. */
export async function readStart(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, most - size))
    size += chunk.byteLength
    if (size >= most) break
  }
  return Buffer.concat(chunks)
}

export function tooLarge(most: number): Error {
  return Object.assign(new Error(`the answer is larger than ${String(most)} bytes`), { code: 'EMSGSIZE' })
}
