/** A fault of the wire with a code like those of Node's own. */
export function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** The code of a fault of the wire, `ECONNRESET`; empty when it has none. */
export function faultCode(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : ''
}
