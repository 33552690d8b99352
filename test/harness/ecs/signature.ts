// Checks Signature Version 4 as AWS does (documentation: "Signing AWS API requests"), so that a client that signs wrongly is refused.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from './model.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** ms since 1970; after it the credentials are refused. */
  expiresAt?: number
}

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

export interface SignedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Scope {
  readonly region: string
  /** `ecs` or `logs`. */
  readonly service: string
}

/** @returns the id of the access key. @throws Refusal with AWS's own error names */
export function checkSignature(request: SignedRequest, known: readonly Credentials[], expected: Scope): string {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '')
  if (!match) throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [, keyId = '', day = '', signedRegion = '', service = '', signedHeaders = '', signature = ''] = match
  const credentials = known.find(({ accessKeyId }) => accessKeyId === keyId)
  const invalid = 'The security token included in the request is invalid.'
  if (!credentials) throw new Refusal('UnrecognizedClientException', invalid)
  if (credentials.sessionToken !== undefined && request.headers['x-amz-security-token'] !== credentials.sessionToken)
    throw new Refusal('UnrecognizedClientException', invalid)
  if ((credentials.expiresAt ?? Infinity) <= Date.now())
    throw new Refusal('ExpiredTokenException', 'The security token included in the request is expired')
  if (signedRegion !== expected.region || service !== expected.service)
    throw new Refusal(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region and service, '${expected.region}' and '${expected.service}'.`,
    )
  const names = signedHeaders.split(';')
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('')
  const canonical = [request.method, request.path, '', headers, signedHeaders, hash(request.body)].join('\n')
  const date = String(request.headers['x-amz-date'] ?? '')
  const scope = `${day}/${signedRegion}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n')
  const key = [day, signedRegion, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => mac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  )
  if (timingSafeEqual(mac(key, text), Buffer.from(signature, 'hex'))) return keyId
  throw new Refusal(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
  )
}
