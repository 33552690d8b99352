const PROGRAM_HEADER_SIZE = 56
const PT_INTERP = 3

/** Whether a 64-bit little-endian ELF file needs no loader, so that it runs in an image with nothing else in it. */
export function isStatic(file: Buffer): boolean {
  if (file.length < 64 || file.toString('latin1', 0, 4) !== '\u007fELF' || file[4] !== 2 || file[5] !== 1) return false
  const start = Number(file.readBigUInt64LE(32))
  const count = file.readUInt16LE(56)
  for (let at = 0; at < count; at += 1) {
    const header = start + at * PROGRAM_HEADER_SIZE
    if (header + 4 > file.length) return false
    if (file.readUInt32LE(header) === PT_INTERP) return false
  }
  return true
}
