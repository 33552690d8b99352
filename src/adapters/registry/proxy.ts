import { hostname, isLoopback } from './hosts.ts'

/** The proxy for an https address by `HTTPS_PROXY` and `NO_PROXY`; undefined: go directly. */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): URL | undefined {
  const setting = env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY'] || env['all_proxy']
  if (!setting || isLoopback(url.host)) return undefined
  if (isExcepted(url, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined
  const address = setting.includes('://') ? setting : `http://${setting}`
  return URL.canParse(address) ? new URL(address) : undefined
}

function isExcepted(url: URL, exceptions: string): boolean {
  const name = hostname(url.host)
  const port = url.port === '' ? '443' : url.port
  return exceptions
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === '') return false
      if (entry === '*') return true
      const wanted = /:(\d+)$/.exec(entry)?.[1]
      if (wanted !== undefined && wanted !== port) return false
      const suffix = hostname(entry).replace(/^\*?\./, '')
      return name === suffix || name.endsWith(`.${suffix}`)
    })
}
