import { describe, expect, it } from 'vitest'
import { hostname, isLoopback, isPrivateAddress, keyMatchesHost } from './hosts.ts'
import { proxyFor } from '../../domain/proxy.ts'

describe('hosts', () => {
  it.each(['localhost', 'localhost:5000', '127.0.0.1:5000', '127.8.8.8', '[::1]:5000', 'registry.localhost:80'])(
    '%s is this machine',
    (host) => expect(isLoopback(host)).toBe(true),
  )

  it.each(['ghcr.io', '127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1', '[::2]:5000', '1270.0.0.1'])(
    '%s is not this machine',
    (host) => expect(isLoopback(host)).toBe(false),
  )

  it.each([
    '10.1.2.3',
    '192.168.0.1:443',
    '172.31.0.1',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00::1]:5000',
    '[::ffff:10.0.0.1]',
    '0.0.0.0',
  ])('%s is private', (host) => expect(isPrivateAddress(host)).toBe(true))

  it.each(['8.8.8.8', '172.32.0.1', 'auth.docker.io', '[2606:4700::1]'])('%s is public', (host) =>
    expect(isPrivateAddress(host)).toBe(false),
  )

  it('takes port and brackets off', () => {
    expect(hostname('[::1]:5000')).toBe('::1')
    expect(hostname('Registry.Example:443')).toBe('registry.example')
  })

  it('compares whole hosts', () => {
    expect(keyMatchesHost('https://ghcr.io/v2/', 'ghcr.io')).toBe(true)
    expect(keyMatchesHost('https://index.docker.io/v1/', 'registry-1.docker.io')).toBe(true)
    expect(keyMatchesHost('docker.io', 'registry-1.docker.io')).toBe(true)
    expect(keyMatchesHost('evil-ghcr.io', 'ghcr.io')).toBe(false)
    expect(keyMatchesHost('ghcr.io.evil.example', 'ghcr.io')).toBe(false)
    expect(keyMatchesHost('https://evil.example/ghcr.io', 'ghcr.io')).toBe(false)
    expect(keyMatchesHost('localhost:5000', 'localhost:5001')).toBe(false)
  })
})

describe('proxies', () => {
  const url = new URL('https://registry.example.com/v2/')

  it('go by HTTPS_PROXY', () => {
    expect(proxyFor(url, {})).toBeUndefined()
    expect(proxyFor(url, { HTTPS_PROXY: 'http://proxy:3128' })?.host).toBe('proxy:3128')
    expect(proxyFor(url, { https_proxy: 'proxy:3128' })?.href).toBe('http://proxy:3128/')
    expect(proxyFor(new URL('https://127.0.0.1:5000'), { HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined()
  })

  it.each(['*', 'registry.example.com', '.example.com', '*.example.com', 'a.b, example.com ', 'example.com:443'])(
    'NO_PROXY=%s goes directly',
    (exceptions) => expect(proxyFor(url, { HTTPS_PROXY: 'http://p', NO_PROXY: exceptions })).toBeUndefined(),
  )

  it.each(['', 'ample.com', 'example.com:8443', 'other.example.com'])('NO_PROXY=%s does not', (exceptions) =>
    expect(proxyFor(url, { HTTPS_PROXY: 'http://p', NO_PROXY: exceptions })?.host).toBe('p'),
  )
})
