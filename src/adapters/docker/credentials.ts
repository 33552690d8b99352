import * as v from 'valibot'

const Credentials = v.object({
  username: v.optional(v.string(), ''),
  password: v.optional(v.string(), ''),
  identitytoken: v.optional(v.string(), ''),
})
export type Credentials = v.InferOutput<typeof Credentials>

/** What is inside a value of X-Registry-Auth; all empty when there is nothing. */
export function readCredentials(header: string | undefined): Credentials {
  try {
    return v.parse(Credentials, JSON.parse(Buffer.from(header ?? '', 'base64url').toString('utf8')))
  } catch {
    return { username: '', password: '', identitytoken: '' }
  }
}
