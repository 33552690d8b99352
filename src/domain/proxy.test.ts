import { describe, expect, it } from 'vitest'
import table from './fixtures/no-proxy.json' with { type: 'json' }
import { proxyFor } from './proxy.ts'

const PROXY = 'http://proxy.example:3128'

describe('NO_PROXY', () => {
  // The table was printed by golang.org/x/net/http/httpproxy itself: a digit an address, 1 where it goes directly.
  it.each(Object.entries(table.direct))('%j is read as Go reads it', (exceptions, expected) => {
    const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: exceptions }
    const direct = table.urls.map((url) => (proxyFor(new URL(url), env) ? '0' : '1')).join('')
    expect(direct).toBe(expected)
  })

  it('may be written in lower case', () => {
    expect(proxyFor(new URL('https://10.77.0.1:5443'), { https_proxy: PROXY, no_proxy: '10.0.0.0/8' })).toBeUndefined()
  })
})

describe('the proxy', () => {
  const at = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.href
  it('is the one for the scheme', () => {
    const env = { HTTPS_PROXY: 'secure.example:1', HTTP_PROXY: 'http://plain.example:2' }
    expect(at('https://a.example', env)).toBe('http://secure.example:1/')
    expect(at('http://a.example', env)).toBe('http://plain.example:2/')
    expect(at('https://a.example', {})).toBeUndefined()
  })

  it('is never asked for this machine', () => {
    for (const host of ['localhost:5000', 'a.localhost', '127.0.0.2', '[::1]:5000']) {
      expect(at(`https://${host}`, { HTTPS_PROXY: PROXY })).toBeUndefined()
    }
  })
})
