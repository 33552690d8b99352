/** Docker's multiplexed output: `[stream, 0, 0, 0, length × 4]` before each piece. A terminal's output has no such heads. */

const HEAD_BYTES = 8

export interface Frame {
  readonly from: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

export interface Frames {
  readonly whole: readonly Frame[]
  /** What the last frame lacks comes later, or never: its head and what there is of it. */
  readonly rest: Buffer
}

/** Whether the output begins with the head of a frame; undefined: there is too little of it to know. */
export function isFramed(bytes: Buffer): boolean | undefined {
  if (bytes.length < HEAD_BYTES) return undefined
  return (bytes[0] ?? 255) <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0
}

/** The whole frames at the beginning of framed output. */
export function takeFrames(bytes: Buffer): Frames {
  const whole: Frame[] = []
  let at = 0
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + bytes.readUInt32BE(at + 4)
    if (end > bytes.length) break
    whole.push({ from: bytes[at] === 2 ? 'stderr' : 'stdout', bytes: bytes.subarray(at + HEAD_BYTES, end) })
    at = end
  }
  return { whole, rest: bytes.subarray(at) }
}

/** The text of a whole answer, framed or not; of a frame that was cut off, what there is of it. */
export function framedText(bytes: Buffer): string {
  if (isFramed(bytes) !== true) return bytes.toString('utf8')
  const { whole, rest } = takeFrames(bytes)
  return Buffer.concat([...whole.map((frame) => frame.bytes), rest.subarray(HEAD_BYTES)]).toString('utf8')
}
