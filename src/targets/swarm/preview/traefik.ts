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

/** @param preview its name, which becomes part of the names that are not templated */
export function traefikLabels(labels: readonly Label[], preview: string): TraefikLabels {
  const named = labels.flatMap((label): NamedLabel[] => {
    const [, prefix = '', protocol = '', kind = '', name = '', rest = ''] = NAMED.exec(label.key) ?? []
    if (name === '') return []
    const otherName = NAMED.exec(label.otherKey)?.[4] ?? name
    return [{ ...label, prefix, protocol: protocol.toLowerCase(), kind: kind.toLowerCase(), name, otherName, rest }]
  })
  const routers = routersOf(named)
  const own = routers.filter(isOwnRouter)
  if (own.length === 0) return { labels: [], routers: [] }
  const ownNames = new Map(
    named.map(({ kind, name, otherName }) => [`${kind} ${name}`, ownName(name, otherName, preview)]),
  )
  const kept = named.filter((label) => {
    if (label.kind !== 'routers') return true
    return own.some(({ key }) => key === routerKey(label)) && !DOMAINS.test(label.rest)
  })
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

/** Names of services and middlewares that these labels define follow; `auth@file` is another's. */
function newValue({ kind, rest, value }: NamedLabel, ownNames: ReadonlyMap<string, string>): string {
  const isService = kind === 'routers' && /^\.service$/i.test(rest)
  const areMiddlewares = /\.middlewares$/i.test(rest)
  if (!isService && !areMiddlewares) return value
  const follow = (text: string): string => {
    const [name = '', provider] = text.trim().split('@')
    const mine = provider === undefined || /^(?:docker|swarm)$/i.test(provider)
    const renamed = mine ? ownNames.get(`${isService ? 'services' : 'middlewares'} ${name}`) : undefined
    return renamed === undefined ? text.trim() : [renamed, ...(provider === undefined ? [] : [provider])].join('@')
  }
  return value.split(',').map(follow).join(',')
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
