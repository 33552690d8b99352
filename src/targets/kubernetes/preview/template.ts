/** `${number}`, `${name}` and `${image}` in the manifests of a preview. Pure. */
import { fillTemplate } from '../../../domain/preview.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Fields } from './fields.ts'
import { changedContainers, changedTemplates, changedTexts, fieldsOf } from './fields.ts'

/** Whether the text differs from preview to preview. */
export function isTemplated(text: string): boolean {
  return /\$\{(?:number|name)\}/.test(text)
}

/** Where a shell's own variables stand: a script is never changed. */
const SCRIPTS: ReadonlySet<string> = new Set(['command', 'args'])
const CONTENTS: ReadonlySet<string> = new Set(['data', 'stringData', 'binaryData'])

export function filled(object: Fields, preview: Preview, image: string): Fields {
  const withImage = changedTemplates(object, (template) =>
    changedContainers(template, (container) => {
      const { image: given } = container
      return typeof given === 'string' ? { ...container, image: given.replaceAll('${image}', image) } : container
    }),
  )
  const texts = changedTexts(withImage, (text, path) => {
    const isFile = CONTENTS.has(path[0] ?? '') && text.trimEnd().includes('\n')
    return isFile || path.some((key) => SCRIPTS.has(key)) ? text : fillTemplate(text, preview)
  })
  return fieldsOf(texts)
}
