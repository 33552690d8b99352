/** Reading and changing parts of manifests, whose kinds are not known beforehand. Nothing is changed in place. Pure. */

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value at a path such as `spec.type`; undefined where it is not there. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => fieldsOf(inner)[key], value)
}

type Change = (value: unknown) => unknown

/**
 * The object with what is at the path changed, where it is there. `*` stands for every item of a list; a change to
 * undefined removes the field or item.
 */
export function changedAt(object: Fields, path: string, change: Change): Fields {
  return fieldsOf(changedBelow(object, path.split('.'), change))
}

function changedBelow(value: unknown, [key, ...rest]: readonly string[], change: Change): unknown {
  if (key === undefined) return change(value)
  if (key === '*') {
    if (!Array.isArray(value)) return value
    return value.map((item) => changedBelow(item, rest, change)).filter((item) => item !== undefined)
  }
  if (!isFields(value) || value[key] === undefined || value[key] === null) return value
  return withField(value, key, changedBelow(value[key], rest, change))
}

/** The object with that field set; undefined removes it. */
export function withField(object: Fields, key: string, value: unknown): Fields {
  if (value !== undefined) return { ...object, [key]: value }
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

/** Every object of the value, changed from the inside out. `key` is the name of the field that holds it, also in a list. */
export function changedObjects(value: unknown, change: (object: Fields, key: string) => Fields, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => changedObjects(item, change, key))
  if (!isFields(value)) return value
  const inner = Object.entries(value).map(([name, field]) => [name, changedObjects(field, change, name)] as const)
  return change(Object.fromEntries(inner), key)
}

/** Every text of the value, changed; `path` names the fields that lead to it. */
export function changedTexts(
  value: unknown,
  change: (text: string, path: readonly string[]) => string,
  path: readonly string[] = [],
): unknown {
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) return value.map((item) => changedTexts(item, change, path))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, changedTexts(field, change, [...path, name])]),
  )
}

/** Every pod template of the object, whatever its kind, changed; a Pod is one itself. */
export function changedTemplates(object: Fields, change: (template: Fields) => Fields): Fields {
  return fieldsOf(changedObjects(object, (inner) => (isTemplate(inner) ? change(inner) : inner)))
}

export function templatesIn(object: Fields): Fields[] {
  const found: Fields[] = []
  changedTemplates(object, (template) => {
    found.push(template)
    return template
  })
  return found
}

function isTemplate({ spec }: Fields): boolean {
  return isFields(spec) && Array.isArray(spec['containers'])
}

/** The containers of a pod template, those that initialize it too. */
export function containersIn(template: Fields): Fields[] {
  const spec = fieldsOf(template['spec'])
  return [...listOf(spec['initContainers']), ...listOf(spec['containers'])].map(fieldsOf)
}

export function changedContainers(template: Fields, change: (container: Fields) => Fields): Fields {
  const each = (value: unknown): unknown => change(fieldsOf(value))
  return changedAt(changedAt(template, 'spec.initContainers.*', each), 'spec.containers.*', each)
}
