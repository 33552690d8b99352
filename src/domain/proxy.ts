import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy for an address by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; undefined: go directly. Exceptions are read
 * as Go reads them, so that a registry that docker, buildx and kubectl reach directly is reached directly here too.
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const secure = url.protocol === 'https:'
  const names = secure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  const setting = [...names, 'ALL_PROXY', 'all_proxy'].map((name) => env[name]).find((value) => value)
  if (!setting || isExcepted(url, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined
  const address = setting.includes('://') ? setting : `http://${setting}`
  return URL.canParse(address) ? new URL(address) : undefined
}

/** Whether `NO_PROXY` says to go directly: names, domains, ports, addresses, ranges of addresses (CIDR), and `*`. */
export function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  if (isThisMachine(host)) return true
  const entries = exceptions.split(',').map((entry) => entry.trim().toLowerCase())
  return entries.some((entry) => entry === '*' || matches(entry, host, port))
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && contains(LOOPBACK, host))
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function matches(entry: string, host: string, port: string): boolean {
  const range = rangeOf(entry)
  if (range) return isIP(host) === range.version && contains(range.list, host)
  const [name, wanted] = splitPort(entry)
  if (name === '' || (wanted !== undefined && wanted !== '' && wanted !== port)) return false
  if (isIP(name) !== 0) return isIP(host) !== 0 && contains(listOf(name), host)
  const domain = name.startsWith('*.') ? name.slice(1) : name
  const ascii = domain.startsWith('.') ? `.${toAscii(domain.slice(1))}` : toAscii(domain)
  if (ascii.startsWith('.')) return host.endsWith(ascii)
  return host === ascii || host.endsWith(`.${ascii}`)
}

/** `10.0.0.0/8`, `fd00::/8`; undefined: it is not a range. */
function rangeOf(entry: string): { list: BlockList; version: 4 | 6 } | undefined {
  const [, network = '', prefix = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : undefined
  if (family === undefined || Number(prefix) > (family === 'ipv4' ? 32 : 128)) return undefined
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), family)
  // `::ffff:10.0.0.0/104` is another way to write a range of IPv4 addresses.
  return { list, version: family === 'ipv4' || network.startsWith('::ffff:') ? 4 : 6 }
}

function listOf(address: string): BlockList {
  const list = new BlockList()
  list.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** `host:443`, `[::1]:443`, `::1`; a port that is not there is undefined. */
function splitPort(entry: string): [string, string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(\d*))?$/.exec(entry)
  if (bracketed) return bracketed[2] === undefined ? [entry, undefined] : [bracketed[1] ?? '', bracketed[2]]
  const plain = /^([^:]*):([^:]*)$/.exec(entry)
  return plain ? [plain[1] ?? '', plain[2]] : [entry, undefined]
}

function toAscii(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : domainToASCII(name) || name
}
