/**
 * Labels in a shared namespace: what production selects must never match the preview, nor the other way round. So the
 * values of all labels are made the preview's own, and everything that selects also asks for the preview's label. Pure.
 */
import { LABEL } from '../../../domain/labels.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedObjects, changedTemplates, fieldsOf, isFields, listOf, templatesIn } from './fields.ts'
import { isCustom } from './kinds.ts'
import { suffixed } from './names.ts'

export interface LabelContext {
  readonly suffix: string
  /** The preview's name, the value of its label. */
  readonly name: string
  /** Labels of all pod templates of the manifests, as they were written. */
  readonly pods: readonly Fields[]
  /** Labels of all objects of the manifests. */
  readonly objects: readonly Fields[]
  /** Keys that anything in the manifests selects by. */
  readonly selected: ReadonlySet<string>
}

/** Labels that configure tools such as service meshes: not names of anything. */
const SWITCHES: ReadonlySet<string> = new Set([
  'true',
  'false',
  'enabled',
  'disabled',
  'enable',
  'disable',
  'yes',
  'no',
])
const NAMING_PREFIX = /^(?:app\.kubernetes\.io|helm\.sh)\//

export function labelContext(
  objects: readonly Fields[],
  { suffix, name }: Pick<LabelContext, 'suffix' | 'name'>,
): LabelContext {
  const labelsOf = ({ metadata }: Fields): Fields => fieldsOf(fieldsOf(metadata)['labels'])
  const pods = objects.flatMap(templatesIn).map(labelsOf)
  return { suffix, name, pods, objects: objects.map(labelsOf), selected: new Set(objects.flatMap(selectedKeys)) }
}

/** The object with its own labels, its pods' labels and its selectors made the preview's. */
export function withOwnLabels(object: Fields, context: LabelContext): Fields {
  const own = (labels: unknown): unknown => ownLabels(fieldsOf(labels), context)
  const labelled = changedTemplates(changedAt(object, 'metadata.labels', own), (template) =>
    changedAt(template, 'metadata.labels', own),
  )
  const claims = changedAt(labelled, 'spec.volumeClaimTemplates.*.metadata.labels', own)
  return withOwnSelectors(claims, context)
}

function ownLabels(labels: Fields, context: LabelContext): Fields {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, ownValue(key, value, context)]))
}

function ownValue(key: string, value: unknown, { suffix, selected }: LabelContext): unknown {
  if (typeof value !== 'string') return value
  const isSwitch = key.includes('/') && !NAMING_PREFIX.test(key) && SWITCHES.has(value.toLowerCase())
  return isSwitch && !selected.has(key) ? value : suffixed(value, suffix)
}

/** Names of fields that hold a selector of pods or of objects in the same namespace. */
const SELECTORS: ReadonlySet<string> = new Set(['selector', 'podSelector', 'labelSelector'])
/** Fields in which pods of others may be meant: neighbours of the network and of the node. */
const OF_OTHERS: ReadonlySet<string> = new Set(['from', 'to', 'podAffinity', 'podAntiAffinity'])

function withOwnSelectors(object: Fields, context: LabelContext): Fields {
  // A claim selects volumes, which belong to the whole cluster.
  if (object['kind'] === 'PersistentVolumeClaim') return object
  return fieldsOf(selectorsBelow(object, { ...context, object, path: [] }))
}

interface SelectorContext extends LabelContext {
  readonly object: Fields
  /** The fields that lead to the value. */
  readonly path: readonly string[]
}

function selectorsBelow(value: unknown, context: SelectorContext): unknown {
  if (Array.isArray(value)) return value.map((item) => selectorsBelow(item, context))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const below = { ...context, path: [...context.path, key] }
      // Claims of a StatefulSet select volumes, which belong to the whole cluster.
      if (key === 'volumeClaimTemplates') return [key, inner]
      if (!SELECTORS.has(key) || !isFields(inner)) return [key, selectorsBelow(inner, below)]
      return [key, isMeant(inner, below) ? ownSelector(inner, below) : inner]
    }),
  )
}

/** Whether the selector is about what the manifests bring: others may be neighbours, or belong to a custom kind. */
function isMeant(selector: Fields, { object, path, pods, objects }: SelectorContext): boolean {
  if (isCustom(object)) return [...pods, ...objects].some((labels) => isSelected(labels, selector))
  return !path.some((key) => OF_OTHERS.has(key)) || pods.some((labels) => isSelected(labels, selector))
}

function ownSelector(selector: Fields, context: SelectorContext): Fields {
  const own = { [LABEL.preview]: context.name }
  if (!isLabelSelector(selector)) {
    if (Object.keys(selector).length > 0) return { ...ownLabels(selector, context), ...own }
    // A Service without labels to select by selects nothing; everything else selects all.
    return context.object['kind'] === 'Service' ? selector : { matchLabels: own }
  }
  const { matchExpressions } = selector
  const expressions = listOf(matchExpressions).map((one) => ownExpression(fieldsOf(one), context))
  const matchLabels = { ...ownLabels(fieldsOf(selector['matchLabels']), context), ...own }
  return { ...selector, matchLabels, ...(matchExpressions === undefined ? {} : { matchExpressions: expressions }) }
}

function ownExpression(expression: Fields, context: LabelContext): Fields {
  const { key, values } = expression
  if (typeof key !== 'string' || values === undefined || values === null) return expression
  return { ...expression, values: listOf(values).map((value) => ownValue(key, value, context)) }
}

function isLabelSelector(selector: Fields): boolean {
  return isFields(selector['matchLabels']) || Array.isArray(selector['matchExpressions'])
}

/** Whether pods with these labels are selected by a map of labels or by a selector with expressions. */
export function isSelected(labels: Fields, selector: Fields): boolean {
  if (!isLabelSelector(selector)) return Object.entries(selector).every(([key, value]) => labels[key] === value)
  const equal = Object.entries(fieldsOf(selector['matchLabels'])).every(([key, value]) => labels[key] === value)
  return equal && listOf(selector['matchExpressions']).every((one) => isMatched(labels, fieldsOf(one)))
}

function isMatched(labels: Fields, { key, operator, values }: Fields): boolean {
  const value = typeof key === 'string' ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && listOf(values).includes(value)
    case 'NotIn':
      return value === undefined || !listOf(values).includes(value)
    case 'Exists':
      return value !== undefined
    default:
      return value === undefined
  }
}

function selectedKeys(object: Fields): string[] {
  const keys: string[] = []
  changedObjects(object, (inner, key) => {
    if (SELECTORS.has(key)) keys.push(...keysOf(inner))
    return inner
  })
  return keys
}

function keysOf(selector: Fields): string[] {
  if (!isLabelSelector(selector)) return Object.keys(selector)
  const expressions = listOf(selector['matchExpressions']).flatMap((one) => {
    const { key } = fieldsOf(one)
    return typeof key === 'string' ? [key] : []
  })
  return [...Object.keys(fieldsOf(selector['matchLabels'])), ...expressions]
}
