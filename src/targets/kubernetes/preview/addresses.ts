/**
 * Addresses of Services in settings: a preview that connected to production's database by its old name would change
 * production's data. So addresses of Services that the manifests bring follow them. Pure.
 */
import type { Fields } from './fields.ts'
import { isCustom } from './kinds.ts'
import {
  changedAt,
  changedContainers,
  changedTemplates,
  changedTexts,
  fieldsOf,
  isFields,
  listOf,
  textOf,
  withField,
} from './fields.ts'

export interface AddressContext {
  /** Names of the Services that the manifests bring, and what they are called in the preview. */
  readonly services: ReadonlyMap<string, string>
  /** Where the manifests are released to without a preview. */
  readonly from: string
  /** Where the preview is. */
  readonly to: string
}

/** The object with the addresses in its settings changed. */
export function withOwnAddresses(object: Fields, context: AddressContext): Fields {
  const kind = object['kind']
  if (kind === 'ConfigMap') return withData(object, 'data', (key, text) => ownAddress(key, text, context))
  if (kind === 'Secret') {
    const plain = withData(object, 'stringData', (key, text) => ownAddress(key, text, context))
    return withData(plain, 'data', (key, text) => encoded(key, text, context))
  }
  if (kind === 'Service')
    return changedAt(object, 'spec.externalName', (name) => ownAddress('', textOf(name) ?? '', context))
  const whole = changedTemplates(object, (template) => changedContainers(template, (one) => ownContainer(one, context)))
  return isCustom(object) ? withData(whole, 'spec', (key, text) => ownAddress(key, text, context)) : whole
}

function withData(object: Fields, field: string, change: (key: string, text: string) => string): Fields {
  if (!isFields(object[field])) return object
  // `image: db:5432` is not an address, and containers were changed already.
  const isOther = (path: readonly string[]): boolean => path.some((key) => /image$|containers$/i.test(key))
  return {
    ...object,
    [field]: changedTexts(object[field], (text, path) =>
      isOther(path) && field === 'spec' ? text : change(path.at(-1) ?? '', text),
    ),
  }
}

/** What is not text stays as it is, byte for byte. */
function encoded(key: string, text: string, context: AddressContext): string {
  const plain = Buffer.from(text, 'base64').toString('utf8')
  if (Buffer.from(plain, 'utf8').toString('base64') !== text.replaceAll(/\s/g, '')) return text
  const changed = ownAddress(key, plain, context)
  return changed === plain ? text : Buffer.from(changed, 'utf8').toString('base64')
}

function ownContainer(container: Fields, context: AddressContext): Fields {
  const env = listOf(container['env']).map((one) => {
    const variable = fieldsOf(one)
    const [name, value] = [textOf(variable['name']), textOf(variable['value'])]
    return name === undefined || value === undefined
      ? variable
      : { ...variable, value: ownAddress(name, value, context) }
  })
  const words = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value
    // `--host db`: the word before is the name of the setting.
    return value.map((word: unknown, index) => {
      return typeof word === 'string' ? ownAddress(textOf(value[index - 1]) ?? '', word, context) : word
    })
  }
  const named = env.length > 0 ? { ...container, env } : container
  return ['command', 'args'].reduce((one, key) => withField(one, key, words(one[key])), named)
}

const ADDRESS_WORDS =
  '(?:hosts?|hostname|servers?|addr|address(?:es)?|ur[il]s?|endpoints?|service|upstreams?|backends?|brokers?|nodes?|dsn|peers?|bootstrap[_.-]servers?)'
/** Names of settings whose whole value is an address. */
const ADDRESS_KEY = new RegExp(`(?:^|[_.-])${ADDRESS_WORDS}$`, 'i')
const DNS = '(?:\\.svc(?:\\.cluster\\.local)?)?'

/** The text with the addresses in it changed. `key`: the name of the setting that it is the value of. */
export function ownAddress(key: string, text: string, { services, from, to }: AddressContext): string {
  let changed = text
  for (const [service, name] of services) {
    if (!changed.includes(service)) continue
    const before = `(?<![A-Za-z0-9_.-])${escaped(service)}`
    // `db.shop`, `db.shop.svc.cluster.local`: with the namespace it is an address wherever it stands.
    const whole = new RegExp(`${before}\\.${escaped(from)}(${DNS})(?![A-Za-z0-9_-])(?!\\.[A-Za-z0-9])`, 'g')
    changed = changed.replaceAll(whole, (_, rest: string) => `${name}.${to}${rest}`)
    if (name === service) continue
    const port = ':\\d{2,5}(?!\\d)'
    const inUrl = new RegExp(`(?<=//|@)${escaped(service)}(?=${port}|[/?#,;"'\\s]|$)`, 'g')
    changed = changed.replaceAll(inUrl, name)
    changed = changed.replaceAll(new RegExp(`${before}(?=${port})`, 'g'), name)
    // `host = db` of a file, `"host": "db"`, `--host=db`
    const named = `(?<=(?:^|[^A-Za-z0-9])${ADDRESS_WORDS}["']?\\s{0,3}[:=]\\s{0,3}["']?)`
    const inFile = new RegExp(`${named}${escaped(service)}(?=["']?\\s*(?:[,;}\\]]|$))`, 'gim')
    changed = changed.replaceAll(inFile, name)
    if (ADDRESS_KEY.test(key)) {
      const listed = new RegExp(`(?<=^|[,;\\s])${escaped(service)}(?=$|[,;\\s])`, 'g')
      changed = changed.replaceAll(listed, name)
    }
  }
  return changed
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
