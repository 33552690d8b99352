// Clients that ask an address without pause.
import { Agent, get } from 'node:http'

export interface Hammer {
  readonly failures: string[]
  readonly seen: { at: number; text: string }[]
  stop(): Promise<void>
}

export function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: new Agent({ keepAlive: false }), timeout: 3000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text.trim()) : reject(new Error(String(response.statusCode))),
      )
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', reject)
  })
}

export function hammer(url: string): Hammer {
  const failures: string[] = []
  const seen: { at: number; text: string }[] = []
  let over = false
  const loop = async () => {
    while (!over) {
      const at = Date.now()
      await ask(url).then(
        (text) => seen.push({ at, text }),
        (error: unknown) => failures.push(`${new Date(at).toISOString()} ${String(error)}`),
      )
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  }
  const loops = [loop(), loop()]
  return {
    failures,
    seen,
    stop: async () => {
      over = true
      await Promise.all(loops)
    },
  }
}
