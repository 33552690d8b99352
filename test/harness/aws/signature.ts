// Refuses what is not signed as AWS asks for: the SDK's own signer signs the request again, and the signatures must agree.
import type { IncomingMessage } from 'node:http'
import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import { Refusal } from './wire.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** ms since 1970; after it the credentials are refused. */
  expiresAt?: number
}

const AUTHORIZATION =
  /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
const INVALID = 'The security token included in the request is invalid.'

/** @returns the id of the access key. @throws Refusal with AWS's own error names */
export async function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  { known, region, service }: { known: readonly Credentials[]; region: string; service: string },
): Promise<string> {
  const { headers } = request
  const match = AUTHORIZATION.exec(headers.authorization ?? '')
  if (!match) throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [, keyId = '', signedRegion, signedService, names = '', signature] = match
  const credentials = known.find(({ accessKeyId }) => accessKeyId === keyId)
  const isKnown = credentials?.sessionToken === headers['x-amz-security-token']
  if (!credentials || !isKnown) throw new Refusal('UnrecognizedClientException', INVALID)
  if ((credentials.expiresAt ?? Infinity) <= Date.now())
    throw new Refusal('ExpiredTokenException', 'The security token included in the request is expired')
  if (signedRegion !== region || signedService !== service)
    throw new Refusal('InvalidSignatureException', `Credential should be scoped to '${region}' and '${service}'.`)
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false })
  const date = String(headers['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const signed = Object.fromEntries(names.split(';').map((name) => [name, String(headers[name])]))
  const again = await signer.sign(
    { method: request.method ?? '', protocol: 'http:', hostname: '', path: '/', query: {}, headers: signed, body },
    { signingDate: new Date(date) },
  )
  if (AUTHORIZATION.exec(again.headers.authorization ?? '')?.[5] !== signature)
    throw new Refusal('InvalidSignatureException', 'The signature we calculated does not match the one you provided.')
  return keyId
}
