import { createHash } from 'node:crypto'
import { OCI_LABEL } from '../../domain/labels.ts'
import type { BuildRequest } from '../../domain/request.ts'

/**
 * The build inputs that decide an image's bytes besides the commit, as `name=hash` pairs joined by `;`: short enough for
 * a label, and able to name the input that differs. Values are never shown; secrets contribute their ids only.
 */
export function fingerprint(
  request: BuildRequest,
  facts: { readonly context: string; readonly dirty: boolean },
): string {
  const parts = new Map<string, readonly string[]>()
  const add = (name: string, values: readonly (string | undefined)[]) => {
    const given = values.filter((value): value is string => value !== undefined && value !== '')
    if (given.length > 0) parts.set(name, given)
  }
  add('context', [facts.context === '.' ? undefined : facts.context])
  add('file', [request.file])
  add('target', [request.stage])
  add('platforms', [...request.platforms].sort())
  for (const argument of request.buildArgs) {
    const [name = '', ...value] = argument.split('=')
    add(`build-args.${name}`, [value.join('=') || ' '])
  }
  add('build-contexts', [...request.buildContexts].sort())
  add('secrets', [...request.secrets, ...request.secretEnvs, ...request.secretFiles].map(secretId).sort())
  add('annotations', [...request.annotations].sort())
  // metadata-action writes the time of its run there, which says nothing about the image.
  const labels = Object.entries(request.labels).filter(
    ([name]) => name !== OCI_LABEL.created && name !== OCI_LABEL.revision,
  )
  add('labels', labels.map(([name, value]) => `${name}=${value}`).sort())
  add('provenance', [request.provenance])
  add('sbom', [request.sbom])
  add('attests', [...request.attests].sort())
  add('network', [request.network])
  add('add-hosts', [...request.addHosts].sort())
  if (facts.dirty) add('tree', ['dirty'])
  return [...parts].map(([name, values]) => `${name}=${hash(values)}`).join(';') || 'defaults'
}

/** Names of the inputs in which two fingerprints differ. */
export function differing(a: string, b: string): string[] {
  const [left, right] = [pairs(a), pairs(b)]
  const names = new Set([...left.keys(), ...right.keys()])
  return [...names].filter((name) => left.get(name) !== right.get(name)).sort()
}

function pairs(text: string): Map<string, string> {
  return new Map(
    text
      .split(';')
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.lastIndexOf('=')
        return [pair.slice(0, at), pair.slice(at + 1)]
      }),
  )
}

function secretId(secret: string): string {
  return (/(?:^|,)id=([^,]+)/.exec(secret)?.[1] ?? secret.split('=')[0] ?? '').trim()
}

function hash(values: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12)
}
