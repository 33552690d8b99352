/** A preview: one app of one pull request, running beside production until the pull request is closed. */
import { createHash } from 'node:crypto'
import type { Duration } from './duration.ts'

export interface Preview {
  readonly app: string
  /** Of the pull request. */
  readonly number: number
  /** `<app>-pr-<number>`, a DNS label: Kubernetes namespace, Swarm stack, ECS service. */
  readonly name: string
  /**
   * `owner/name` of the pull request, in lower case; undefined outside of GitHub. Previews of another repository are never
   * touched: a target may hold those of several, with the same names and numbers.
   */
  readonly repository?: string
}

/** What a target needs to know to deploy one. */
export interface PreviewSettings extends Preview {
  /** How long after this deployment a sweep may remove it, by the target's clock. */
  readonly ttl: Duration
  /** The user's `url` with its values filled in: hosts of Ingress, HTTPRoute and proxy labels follow it. */
  readonly url: string | undefined
  /** The user's `namespace` with its values filled in, for targets that have such. */
  readonly namespace: {
    readonly name: string
    /** Its name differs from preview to preview: it is made and removed with it. Otherwise it is shared with others. */
    readonly isOwn: boolean
  }
}

const DNS_LABEL_LENGTH = 63
const HASH_LENGTH = 6

/**
 * The name of a preview: lower case, letters, digits and dashes, at most `length` characters. Where something of the app's
 * name is lost (cut, or replaced), a hash of the whole is appended, so two apps never share a name.
 */
export function previewName(app: string, number: number, length: number = DNS_LABEL_LENGTH): string {
  const ending = `-pr-${String(number)}`
  const slug = app
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const plain = /^[a-z]/.test(slug) ? slug : `app-${slug}`.replace(/-$/, '')
  if (plain === app && plain.length + ending.length <= length) return plain + ending
  const hash = createHash('sha256').update(app).digest('hex').slice(0, HASH_LENGTH)
  const kept = plain.slice(0, length - ending.length - HASH_LENGTH - 1).replace(/-+$/, '')
  return `${kept}-${hash}${ending}`
}

/** `${number}` and `${name}` in a text, as in the inputs `url` and `namespace`. Everything else stays. */
export function fillTemplate(text: string, { number, name }: Pick<Preview, 'number' | 'name'>): string {
  return text.replaceAll(/\$\{(number|name)\}/g, (_, key: string) => (key === 'number' ? String(number) : name))
}
