/** The messages of engines and kernels for an image of another processor or operating system: one list for all. */

const FOREIGN_BINARY = /exec format error|exec user process caused.*format/i
const NO_SUCH_PLATFORM =
  /no match(?:ing manifest)? for (?:platform|[a-z]+\/[a-z0-9]+)|unsupported platform|does not match the (?:specified|detected) platform/i

/** Either of them, for tables of patterns. */
export const WRONG_PLATFORM = new RegExp(`${FOREIGN_BINARY.source}|${NO_SUCH_PLATFORM.source}`, 'i')

/** The kernel cannot run the program: it is built for another processor. */
export function isForeignBinary(text: string): boolean {
  return FOREIGN_BINARY.test(text)
}

/** The program is foreign, or the engine found no image for its platform. */
export function isWrongPlatform(text: string): boolean {
  return WRONG_PLATFORM.test(text)
}
