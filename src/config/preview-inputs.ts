/** The inputs of a preview that a target gets. */
import type { PreviewSettings } from '../domain/preview.ts'
import { fillTemplate, previewName } from '../domain/preview.ts'
import { checkAddress } from './app.ts'
import type { Values } from './inputs.ts'

/** Which preview it is about. */
export interface PreviewScope {
  /** undefined: all of them. */
  readonly number: number | undefined
  /** `owner/name`, in lower case. */
  readonly repository: string | undefined
  /** Whether one is deployed: only then its files are needed. */
  readonly deploys: boolean
}

export interface PreviewInputs {
  readonly deploys: boolean
  readonly settings: PreviewSettings | undefined
}

/** `url` and `namespace` are those of one environment: what the file says for all of them is another one's. */
export function previewInputs(
  values: Values,
  app: string,
  { number, repository, deploys }: PreviewScope,
): PreviewInputs {
  const ttl = values.duration('ttl')
  const own = (name: 'url' | 'namespace') => {
    const text = values.text(name)
    return values.isGivenHere(name) ? text : undefined
  }
  const [url, namespace] = [own('url'), own('namespace')]
  for (const name of ['url', 'namespace'] as const) refuseOtherVariables(values, name)
  if (number === undefined) return { deploys, settings: undefined }
  const name = previewName(app, number)
  const filled = (text: string) => fillTemplate(text, { number, name })
  const address = url === undefined ? undefined : filled(url)
  if (address !== undefined) checkAddress(values, address)
  return {
    deploys,
    settings: {
      app,
      number,
      name,
      ttl,
      url: address,
      namespace: {
        name: namespace === undefined ? name : filled(namespace),
        isOwn: namespace === undefined || filled(namespace) !== namespace,
      },
      ...(repository === undefined ? {} : { repository }),
    },
  }
}

function refuseOtherVariables(values: Values, name: 'url' | 'namespace'): void {
  const others = [...(values.text(name) ?? '').matchAll(/\$\{[^}]*\}/g)].map(([whole]) => whole)
  const odd = others.filter((whole) => whole !== '${number}' && whole !== '${name}')
  if (odd.length > 0 && values.isGivenHere(name)) {
    values.fault(name, `${odd.join(', ')}: only \${number} and \${name} are known`)
  }
}
