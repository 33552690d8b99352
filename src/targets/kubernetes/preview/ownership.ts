/** What everything of a preview carries in the cluster, and by which it is found and known again. */
import { LABEL } from '../../../domain/labels.ts'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { previewLabels } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedTemplates, fieldsOf } from './fields.ts'

interface Marks {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

const LABEL_LENGTH = 63
/** Labels that are too long for a label's value, or made of several texts. */
const ONLY_ANNOTATIONS: ReadonlySet<string> = new Set([LABEL.owner, LABEL.candidates])

/** The exact values are annotations; labels, which cannot hold every character, are what objects are selected by. */
export function marksOf(part: PreviewPart): Marks {
  const annotations = previewLabels(part)
  const labels = Object.entries(annotations).filter(([key]) => !ONLY_ANNOTATIONS.has(key))
  return { annotations, labels: Object.fromEntries(labels.map(([key, value]) => [key, labelValue(value)])) }
}

function labelValue(text: string): string {
  const value = text.replaceAll(/[^A-Za-z0-9._-]/g, '.').slice(0, LABEL_LENGTH)
  return value.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
}

/** The selector of everything that belongs to a preview. */
export function selectorOf({ name }: Pick<Preview, 'name'>): string {
  return `${LABEL.preview}=${name}`
}

/** The object with the marks of its preview. What makes new pods, or cannot be changed at all, gets only what never changes. */
export function marked(object: Fields, part: PreviewPart): Fields {
  const { app, name, number } = part
  const owner = String(fieldsOf(object['metadata'])['name'])
  const lasting = { ...marksOf({ app, name, number, candidates: [] }), annotations: {} }
  const claim = marksOf({ app, name, number, owner, candidates: [] })
  const pods = changedTemplates(object, (template) => withMarks(template, lasting))
  const jobs = changedAt(pods, 'spec.jobTemplate', (job) => withMarks(fieldsOf(job), lasting))
  const claims = changedAt(jobs, 'spec.volumeClaimTemplates.*', (each) => withMarks(fieldsOf(each), claim))
  return withMarks(claims, marksOf({ ...part, owner }))
}

function withMarks(object: Fields, { labels, annotations }: Marks): Fields {
  const metadata = fieldsOf(object['metadata'])
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...fieldsOf(metadata['labels']), ...labels },
      ...(Object.keys(annotations).length > 0 || metadata['annotations'] !== undefined
        ? { annotations: { ...fieldsOf(metadata['annotations']), ...annotations } }
        : {}),
    },
  }
}
