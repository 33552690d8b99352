import http from 'node:http'
import https from 'node:https'
import type { Ancestry } from '../../ports.ts'

export interface CompareApi {
  /** Without a slash at the end. */
  readonly apiUrl: string
  /** `owner/name` */
  readonly repository: string
  readonly token: string | undefined
}

const PATIENCE = 5000
const ANSWERS: Readonly<Record<string, Ancestry>> = {
  identical: 'same',
  behind: 'older',
  ahead: 'newer',
  diverged: 'diverged',
}

/** Asks GitHub how two commits stand to each other; whatever goes wrong is 'unknown', never an error. */
export async function compareByApi(api: CompareApi, revision: string, other: string): Promise<Ancestry> {
  const url = `${api.apiUrl}/repos/${api.repository}/compare/${other}...${revision}?per_page=1`
  try {
    const answer: unknown = JSON.parse(await get(new URL(url), api.token))
    const status: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'status') : undefined
    return (typeof status === 'string' ? ANSWERS[status] : undefined) ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

function get(url: URL, token: string | undefined): Promise<string> {
  const { get: ask } = url.protocol === 'http:' ? http : https
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'immutable-deploy',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const request = ask(url, { headers, signal: AbortSignal.timeout(PATIENCE) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
        else reject(new Error(`status ${response.statusCode ?? 0}`))
      })
    })
    request.on('error', reject)
  })
}
