/** Labels of a Caddy that is configured by them. A site stays where each of its addresses is the preview's own. Pure. */
import type { KeptLabel, Label } from './template.ts'

const SITE = /^(caddy(?:_\d+)?)(?:\.|$)/

interface Site {
  readonly group: string
  readonly addresses: readonly string[]
}

export interface CaddyLabels {
  readonly labels: readonly KeptLabel[]
  readonly hosts: readonly string[]
  readonly url: string | undefined
}

export function caddyLabels(labels: readonly Label[]): CaddyLabels {
  const sites = labels.filter(({ key }) => SITE.exec(key)?.[1] === key).flatMap(ownSite)
  const groups = new Set(sites.map(({ group }) => group))
  const kept = labels.filter(({ key }) => groups.has(SITE.exec(key)?.[1] ?? ''))
  const addresses = sites.flatMap((site) => site.addresses)
  const [first] = addresses
  return {
    labels: kept.map(({ key, value }) => ({ from: key, key, value })),
    hosts: addresses.map((address) => address.replace(/^https?:\/\//, '').replace(/[:/].*$/, '')),
    url: first === undefined || /^https?:/.test(first) ? first : `https://${first}`,
  }
}

/** A snippet in parentheses is not a site: it is never templated. */
function ownSite({ key, value, otherValue }: Label): Site[] {
  const [mine, other] = [addressesOf(value), addressesOf(otherValue)]
  const isOwn = mine.length > 0 && mine.every((address, index) => siteOf(address) !== siteOf(other[index] ?? address))
  return isOwn ? [{ group: key, addresses: mine }] : []
}

/** Without its path: `/7` also takes production's `/70`. */
function siteOf(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function addressesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((address) => address !== '')
}
