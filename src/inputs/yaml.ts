/**
 * The one reader of YAML: the library's parser with faults that name their line, and values by the rules of the decoder
 * that Kubernetes or Docker uses. Configuration and check documents look at the nodes themselves.
 */
import type { Document, Node } from 'yaml'
import { LineCounter, parseDocument } from 'yaml'
import { parseJson } from '../domain/json.ts'
import type { Piece } from './yaml-documents.ts'
import { splitDocuments } from './yaml-documents.ts'
import { indentContinuations } from './yaml-indent.ts'
import type { YamlSchema } from './yaml-scalar.ts'
import { valueOf, YamlMisfit } from './yaml-value.ts'

export type { YamlSchema } from './yaml-scalar.ts'

export interface YamlFault {
  readonly line: number
  readonly problem: string
}

interface TreeFault extends YamlFault {
  readonly at: readonly [number, number]
  readonly isDuplicate: boolean
}

/** One document as nodes, for those who need every line; usable only without faults. */
export interface YamlTree {
  readonly document: Document.Parsed
  readonly root: Node | null
  readonly lines: LineCounter
  /** What offsets of nodes are of: the text with lines moved to where the library takes them. */
  readonly text: string
  readonly faults: readonly TreeFault[]
}

export interface TreeOptions {
  /** Every scalar is text. */
  readonly isText?: boolean
  /** Keys must be plain scalars. */
  readonly hasPlainKeys?: boolean
  /** A key that is written twice is not a fault. */
  readonly allowsDuplicates?: boolean
}

export function readTree(text: string, options: TreeOptions = {}): YamlTree {
  const { document, lines, text: whole } = parseLeniently(text, options)
  // What follows the end of a document (`...`) is not read by the decoders that we follow either.
  const errors = document.errors.filter(({ code }) => options.isText !== true || code !== 'MULTIPLE_DOCS')
  const faults = errors.map(({ code, message, pos }) => ({
    line: lines.linePos(pos[0]).line,
    at: pos,
    isDuplicate: code === 'DUPLICATE_KEY',
    problem: code === 'DUPLICATE_KEY' ? 'the same key is written twice' : `is not valid YAML: ${firstLine(message)}`,
  }))
  return { document, root: document.contents, lines, text: whole, faults }
}

/** Most files need no second look; each further one goes on where the library took offence at what others read. */
function parseLeniently(text: string, options: TreeOptions): Parsed {
  const parsed = parse(text, options)
  if (parsed.document.errors.length === 0) return parsed
  // One kind at a time: each moves what stands behind it.
  const quoted = quoteDashes(text, parsed.document)
  const whole = quoted === text ? indentContinuations(text) : quoted
  return whole === text ? parsed : parseLeniently(whole, options)
}

interface Parsed {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  readonly text: string
}

function parse(text: string, options: TreeOptions): Parsed {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    stringKeys: options.hasPlainKeys ?? false,
    uniqueKeys: options.allowsDuplicates !== true,
    ...(options.isText ? { schema: 'failsafe', resolveKnownTags: false, strict: false } : {}),
  })
  return { document, lines, text }
}

export interface YamlDocument {
  readonly line: number
  readonly value: unknown
}

export interface YamlValues {
  readonly documents: readonly YamlDocument[]
  readonly faults: readonly YamlFault[]
  readonly warnings: readonly YamlFault[]
}

/** All documents of a file as values, empty ones left out; a document with a fault has no value. */
export function readYaml(text: string, schema: YamlSchema): YamlValues {
  const { pieces, faults } = splitDocuments(text)
  const read = pieces.map((piece) => readPiece(piece, schema))
  return {
    documents: read.flatMap(({ document }) => (document === undefined ? [] : [document])),
    faults: [...read.flatMap((one) => one.faults), ...faults],
    warnings: read.flatMap(({ warnings }) => warnings),
  }
}

/** The first document of a file, whatever follows it: all that Docker's client reads. */
export function readFirstDocument(text: string, schema: YamlSchema): Read {
  return readPiece({ text: text.replace(/^\uFEFF/, ''), line: 1, json: false }, schema)
}

/** Everything that YAML does not call printable. */
const CONTROL = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

export interface Read {
  readonly document?: YamlDocument
  readonly faults: readonly YamlFault[]
  readonly warnings: readonly YamlFault[]
}

function readPiece(piece: Piece, schema: YamlSchema): Read {
  if (piece.json) return found({ line: piece.line, value: parseJson(piece.text) }, [])
  const control = CONTROL.exec(piece.text)
  if (control) {
    const line = piece.line + piece.text.slice(0, control.index).split('\n').length - 1
    const number = control[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? ''
    return { faults: [{ line, problem: `holds the control character U+${number}` }], warnings: [] }
  }
  const { document, root, lines, faults } = readTree(piece.text, { isText: true, allowsDuplicates: true })
  const line = (at: number) => piece.line + lines.linePos(at).line - 1
  const [fault] = faults
  if (fault) return refused(piece, schema, { line: line(fault.at[0]), problem: fault.problem })
  const twice: YamlFault[] = []
  const onDuplicate = (key: string, at: number) => twice.push({ line: line(at), problem: `${key} is written twice` })
  try {
    const value = valueOf(root, { document, schema, onDuplicate })
    if (schema === 'docker' && twice.length > 0) return { faults: twice, warnings: [] }
    return found({ line: line(root?.range?.[0] ?? 0), value }, twice)
  } catch (error) {
    if (!(error instanceof YamlMisfit)) throw error
    return refused(piece, schema, { line: line(error.at), problem: error.message })
  }
}

function found(document: YamlDocument, warnings: readonly YamlFault[]): Read {
  const isEmpty = document.value === null || document.value === undefined
  return { ...(isEmpty ? {} : { document }), faults: [], warnings }
}

/** A template that was not rendered is named as one: what the parser says of it helps nobody. */
function refused(piece: Piece, schema: YamlSchema, { line, problem }: YamlFault): Read {
  const lines = piece.text.split('\n')
  const here = line - piece.line
  const at = [here, ...lines.keys()].find((index) => /\{\{.*\}\}|\{\{[-#/]?\s*$/.test(lines[index] ?? ''))
  if (at === undefined) return { faults: [{ line, problem }], warnings: [] }
  const template = /\{\{.*\}\}|\{\{.*$/.exec(lines[at] ?? '')?.[0] ?? '{{'
  const advice = schema === 'docker' ? 'it has to stand in quotes' : 'it has to be rendered first (helm template)'
  const words = `${template} is a template: ${advice}`
  return { faults: [{ line: piece.line + at, problem: words }], warnings: [] }
}

/** `[cat, -]`: alone in a list in brackets, a dash is text for the decoders that we follow. */
function quoteDashes(text: string, { errors }: Document.Parsed): string {
  const places = errors.flatMap(({ code, pos }) => (code === 'BLOCK_IN_FLOW' ? [pos[0]] : []))
  return places
    .sort((one, other) => other - one)
    .reduce((whole, at) => whole.slice(0, at) + whole.slice(at).replace(/^-(?=\s*[,\]}])/, '"-"'), text)
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? ''
}
