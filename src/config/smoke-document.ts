import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Document } from '../domain/request.ts'
import { runsItsOwnWorkflow } from './event-rules.ts'
import { workspaceOf } from './inside.ts'
import type { Values } from './inputs.ts'
import type { ConfigContext } from './read.ts'

/** The smoke checks as asked for; undefined: the ones without configuration. */
export function smokeDocument(values: Values, configContext: ConfigContext): Document | 'off' | undefined {
  const [name, another] = values.foremost(['smoke', 'smoke-file'])
  if (another !== undefined) values.fault('smoke-file', 'cannot be given together with smoke')
  const document = name === 'smoke-file' ? fromFile(values, configContext.cwd) : inline(values)
  const isOfCheckout = name === 'smoke-file' || (name !== undefined && values.given(name)?.from !== 'input')
  return isOfCheckout && typeof document === 'object' ? limited(document, configContext) : document
}

/** Where nobody reviewed the checkout, its checks reach no other file, and no secret of a workflow that is not its own. */
function limited(document: Document, configContext: ConfigContext): Document {
  const { limit, name } = configContext.event
  if (limit === undefined) return document
  return { ...document, limits: { folder: workspaceOf(configContext), secrets: runsItsOwnWorkflow(name) } }
}

function inline(values: Values): Document | 'off' | undefined {
  const document = values.document('smoke')
  const word = document?.text.trim()
  if (word === 'off') return 'off'
  if (word === 'false' || word === 'none') values.fault('smoke', 'is not a smoke test', { suggestion: 'off' })
  return document
}

function fromFile(values: Values, cwd: string): Document | 'off' | undefined {
  const source = values.text('smoke-file')
  if (source === undefined) return undefined
  if (source === 'off') return 'off'
  try {
    return { text: readFileSync(path.resolve(cwd, source), 'utf8'), source }
  } catch (thrown) {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    values.fault('smoke-file', absent ? 'no such file' : 'cannot be read')
    return undefined
  }
}
