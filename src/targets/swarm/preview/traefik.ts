/**
 * Labels of Traefik. They stay where a router of the service is for the preview alone. What they define is the preview's
 * own then: Traefik joins services of one name, and a router that two define is none.
 */
import { isOwnRule, parseRule, valuesOf } from '../../shared/traefik-rule.ts'
import type { KeptLabel, Label } from './template.ts'

const NAMED = /^(traefik\.(http|tcp|udp)\.(routers|services|middlewares)\.)([^.]+)(.*)$/i

/** Holds for the whole proxy, or asks for certificates of names that are not the preview's. */
const SHARED = /^traefik\.(?:tls|http|tcp|udp)\./i
const DOMAINS = /\.tls\.domains\[/i

export interface OwnRouter {
  readonly hosts: readonly string[]
  /** Where it answers, by its first host. */
  readonly url: string | undefined
}

export interface TraefikLabels {
  readonly labels: readonly KeptLabel[]
  readonly routers: readonly OwnRouter[]
}

interface NamedLabel extends Label {
  readonly prefix: string
  readonly protocol: string
  readonly kind: string
  readonly name: string
  readonly otherName: string
  readonly rest: string
}

/** What all services of the files say to Traefik: a router may use what another one of them defines. */
export interface TraefikScope {
  /** `services api` → its name in the preview. */
  readonly names: ReadonlyMap<string, string>
  /** Services and middlewares that routers of the preview's own lead to. */
  readonly used: ReadonlySet<string>
}

/** @param preview its name, which becomes part of the names that are not templated */
export function traefikScope(lists: readonly (readonly Label[])[], preview: string): TraefikScope {
  const named = lists.map(namedLabels)
  const names = new Map(
    named.flat().map(({ kind, name, otherName }) => [`${kind} ${name}`, ownName(name, otherName, preview)]),
  )
  const routers = named.flatMap((labels) => routersOf(labels).filter(isOwnRouter))
  // A chain of middlewares uses others.
  const middlewares = named.flat().filter(({ kind }) => kind === 'middlewares')
  const users = [...routers.flatMap(({ labels }) => labels), ...(routers.length > 0 ? middlewares : [])]
  return { names, used: new Set(users.flatMap(referencesIn)) }
}

function namedLabels(labels: readonly Label[]): NamedLabel[] {
  return labels.flatMap((label): NamedLabel[] => {
    const [, prefix = '', protocol = '', kind = '', name = '', rest = ''] = NAMED.exec(label.key) ?? []
    if (name === '') return []
    const otherName = NAMED.exec(label.otherKey)?.[4] ?? name
    return [{ ...label, prefix, protocol: protocol.toLowerCase(), kind: kind.toLowerCase(), name, otherName, rest }]
  })
}

export function traefikLabels(labels: readonly Label[], { names: ownNames, used }: TraefikScope): TraefikLabels {
  const named = namedLabels(labels)
  const routers = routersOf(named)
  const own = routers.filter(isOwnRouter)
  const kept = named.filter((label) => {
    if (label.kind !== 'routers') return own.length > 0 || used.has(`${label.kind} ${label.name}`)
    return own.some(({ key }) => key === routerKey(label)) && !DOMAINS.test(label.rest)
  })
  if (kept.length === 0) return { labels: [], routers: [] }
  return {
    labels: [
      ...labels.filter(({ key }) => !SHARED.test(key)).map(({ key, value }) => ({ from: key, key, value })),
      ...kept.map((label) => ({ from: label.key, key: newKey(label, ownNames), value: newValue(label, ownNames) })),
    ],
    routers: own.map(ownRouter),
  }
}

function ownName(name: string, otherName: string, preview: string): string {
  return name === otherName ? `${name}-${preview}` : name
}

interface Router {
  readonly key: string
  readonly protocol: string
  readonly isNamed: boolean
  readonly labels: readonly NamedLabel[]
}

function routerKey({ protocol, name }: NamedLabel): string {
  return `${protocol} ${name}`
}

function routersOf(labels: readonly NamedLabel[]): Router[] {
  const all = labels.filter(({ kind }) => kind === 'routers')
  return [...new Set(all.map(routerKey))].map((key) => {
    const own = all.filter((label) => routerKey(label) === key)
    const [first] = own
    return { key, protocol: first?.protocol ?? '', isNamed: first?.name !== first?.otherName, labels: own }
  })
}

/** By its rule; without one Traefik makes it from the service's name, and of UDP the entry point alone decides. */
function isOwnRouter({ protocol, isNamed, labels }: Router): boolean {
  const label = (rest: string) => labels.find((each) => each.rest.toLowerCase() === rest)
  if (protocol === 'udp') {
    const entry = label('.entrypoints')
    return entry !== undefined && entry.value !== entry.otherValue
  }
  // Traefik does not tell `.rule` and `.Rule` apart.
  const rules = labels.filter(({ rest }) => /^\.rule$/i.test(rest))
  if (rules.length === 0) return isNamed
  return rules.every(({ value, otherValue }) => {
    const [mine, other] = [parseRule(value), parseRule(otherValue)]
    return mine !== undefined && other !== undefined && isOwnRule(mine, other)
  })
}

function newKey({ prefix, kind, name, rest }: NamedLabel, ownNames: ReadonlyMap<string, string>): string {
  return `${prefix}${ownNames.get(`${kind} ${name}`) ?? name}${rest}`
}

/** The kind of what the value names: a router's service and middlewares, and those of a middleware. */
function referredKind({ kind, rest }: NamedLabel): 'services' | 'middlewares' | undefined {
  if (/\.middlewares$/i.test(rest)) return 'middlewares'
  const isService = kind === 'routers' ? /^\.service$/i : /\.service$/i
  return isService.test(rest) ? 'services' : undefined
}

/** `auth@file` is another's. */
function isHere(provider: string | undefined): boolean {
  return provider === undefined || /^(?:docker|swarm)$/i.test(provider)
}

function referencesIn(label: NamedLabel): string[] {
  const kind = referredKind(label)
  if (kind === undefined) return []
  return label.value.split(',').flatMap((text) => {
    const [name = '', provider] = text.trim().split('@')
    return isHere(provider) ? [`${kind} ${name}`] : []
  })
}

/** Names of services and middlewares that labels of the files define follow. */
function newValue(label: NamedLabel, ownNames: ReadonlyMap<string, string>): string {
  const kind = referredKind(label)
  if (kind === undefined) return label.value
  const follow = (text: string): string => {
    const [name = '', provider] = text.trim().split('@')
    const renamed = isHere(provider) ? ownNames.get(`${kind} ${name}`) : undefined
    return renamed === undefined ? text.trim() : [renamed, ...(provider === undefined ? [] : [provider])].join('@')
  }
  return label.value.split(',').map(follow).join(',')
}

function ownRouter({ labels }: Router): OwnRouter {
  const rule = parseRule(labels.find(({ rest }) => /^\.rule$/i.test(rest))?.value ?? '')
  if (rule === undefined) return { hosts: [], url: undefined }
  const hosts = valuesOf(rule, /^Host(?:SNI)?$/i).filter((host) => host !== '*')
  const isSecure = labels.some(
    ({ rest, value }) =>
      (/^\.tls(?:$|\.)/i.test(rest) && value !== 'false') ||
      (/^\.entrypoints$/i.test(rest) && /websecure|https|443/i.test(value)),
  )
  const [host] = hosts
  const [folder = ''] = valuesOf(rule, /^Path(?:Prefix)?$/i)
  return { hosts, url: host === undefined ? undefined : `${isSecure ? 'https' : 'http'}://${host}${folder}` }
}
