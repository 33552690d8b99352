import { BlockList, isIP } from 'node:net'
import { DOCKER_HUB_LOGIN, isDockerHub } from '../../domain/docker-hub.ts'

/** Registries that may be asked in plain HTTP: this machine. `host` is a registry's host with or without port. */
export function isLoopback(host: string): boolean {
  const name = hostname(host)
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

/** Host name or address without port and brackets. */
export function hostname(host: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(host)
  return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase()
}

/** Whether the host is an address that only means something on this machine or network. */
export function isPrivateAddress(host: string): boolean {
  const name = hostname(host)
  if (isLoopback(name)) return true
  const family = isIP(name)
  return family !== 0 && PRIVATE.check(name, family === 6 ? 'ipv6' : 'ipv4')
}

const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
}
// BlockList compares IPv4-mapped IPv6 addresses with the IPv4 rules by itself.
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6')
}

/** The name under which credential stores keep a registry's entry. */
export function credentialServer(host: string): string {
  return isDockerHub(host) ? DOCKER_HUB_LOGIN : host
}

/** Whether a key of a config file (`https://ghcr.io/v2/`, `ghcr.io`) means this registry: whole host, never a part of it. */
export function keyMatchesHost(key: string, host: string): boolean {
  const named = key
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/s, '')
    .toLowerCase()
  return named === host || (isDockerHub(named) && isDockerHub(host))
}

/** People know Docker Hub by another name than its API's. */
export function displayHost(host: string): string {
  return isDockerHub(host) ? 'docker.io' : host
}
