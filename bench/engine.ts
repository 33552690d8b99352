// The bare Engine API for the floors: nothing of the project is used on this side.
import http from 'node:http'

const agent = new http.Agent({ keepAlive: true })

export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

export function request(options: http.RequestOptions, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = http.request({ agent, ...options }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

export function engine(socketPath: string) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: http.OutgoingHttpHeaders = {},
  ): Promise<Answer> => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await request(
      {
        socketPath,
        method,
        path,
        headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      },
      text,
    )
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.body.toString()}`)
    return answer
  }
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    JSON.parse((await call(method, path, body)).body.toString()) as T
  return { call, json }
}

/** Until the address answers. */
export async function probe(port: number, path = '/'): Promise<void> {
  for (;;) {
    try {
      await request({ host: '127.0.0.1', port, path })
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
