import type { Node, Pair } from 'yaml'
import { isAlias, isMap, isScalar } from 'yaml'
import type { Faults } from '../inputs/faults.ts'
import { readTree } from '../inputs/yaml.ts'
import type { AppEntry, ConfigFile, Entry } from './file-shape.ts'
import { STRUCTURE } from './file-shape.ts'
import { rawOf, ValueMisfit } from './file-value.ts'
import type { SourceText } from './file-value.ts'
import { fileInputs, INPUTS } from './inputs.ts'
import { explain, meant } from './refused.ts'
import type { Raw } from '../inputs/raw.ts'

const KEYS: readonly string[] = fileInputs().map((input) => input.name)

export function parseFile(text: string, name: string, faults: Faults): ConfigFile | undefined {
  const tree = readTree(text)
  for (const { line, problem } of tree.faults) {
    faults.add({ ...BLANK, name: 'config', source: `${name}:${line}`, problem })
  }
  if (tree.faults.length > 0) return undefined
  const follow = (node: Node) => (isAlias(node) ? node.resolve(tree.document) : node)
  const { root } = tree
  const reader = new FileReader(tree, name, faults, follow)
  if (root === null) return { name, ...EMPTY }
  return reader.file(root)
}

const BLANK = { value: undefined, source: undefined, example: undefined, suggestion: undefined } as const
const EMPTY = { defaults: new Map(), environments: new Map(), apps: new Map(), only: undefined } as const

/** A member of a mapping with its dotted name: `apps.web.timeout`. */
interface Member {
  readonly key: string
  readonly name: string
  readonly line: number
  readonly node: unknown
}

class FileReader {
  readonly #place: SourceText
  readonly #name: string
  readonly #faults: Faults
  readonly #follow: (node: unknown) => unknown

  constructor(place: SourceText, name: string, faults: Faults, follow: (node: Node) => Node | undefined) {
    this.#place = place
    this.#name = name
    this.#faults = faults
    this.#follow = (node) => follow(node as Node)
  }

  file(root: Node): ConfigFile {
    const members = this.#members(root, '', 1)
    const known = new Map(members.map((member) => [member.key, member]))
    const several = known.has('apps')
    this.#version(known.get('version'))
    const own = members.filter(({ key }) => !STRUCTURE.some((word) => word === key))
    const values = this.#entry(own, several ? STRUCTURE : [...STRUCTURE, ...KEYS])
    const environments = this.#entries(known.get('environments'), without('app', 'environment'))
    return {
      name: this.#name,
      defaults: this.#entry(this.#membersOf(known.get('defaults')), without('app')),
      environments,
      apps: this.#apps(known.get('apps')),
      only: several ? undefined : { values, environments: new Map() },
    }
  }

  #version(member: Member | undefined): void {
    if (!member) return
    const value = isScalar(member.node) ? member.node.value : undefined
    if (value !== 1) this.#fault(member, 'must be 1', { example: 'version: 1' })
  }

  #apps(member: Member | undefined): Map<string, AppEntry> {
    const apps = this.#membersOf(member).map((app): [string, AppEntry] => {
      const members = this.#membersOf(app)
      const nested = members.find(({ key }) => key === 'environments')
      const own = members.filter((each) => each !== nested)
      const values = this.#entry(own, [...without('app'), 'environments'])
      return [app.key, { values, environments: this.#entries(nested, without('app', 'environment')) }]
    })
    return new Map(apps)
  }

  #entries(member: Member | undefined, keys: readonly string[]): Map<string, Entry> {
    return new Map(this.#membersOf(member).map((entry) => [entry.key, this.#entry(this.#membersOf(entry), keys)]))
  }

  #entry(members: readonly Member[], keys: readonly string[]): Entry {
    const entry = new Map<string, Raw>()
    for (const member of members) {
      const input = keys.includes(member.key) ? fileInputs().find(({ name }) => name === member.key) : undefined
      if (!input) {
        this.#unknown(member, keys)
        continue
      }
      try {
        const value = rawOf(member.node, input, this.#place)
        if (value !== undefined) entry.set(member.key, { value, source: this.#source(member.line) })
      } catch (thrown) {
        if (!(thrown instanceof ValueMisfit)) throw thrown
        this.#fault(member, thrown.message, { example: `${member.key}: ${input.example}` })
      }
    }
    return entry
  }

  #unknown(member: Member, keys: readonly string[]): void {
    const suggestion = meant(member.key, keys)
    const input = INPUTS.find(({ name }) => name === member.key)
    if (KEYS.includes(member.key)) {
      const root = member.name === member.key
      this.#fault(member, root ? 'belongs under defaults or into one of the apps' : 'cannot be set here')
    } else if (input?.kind.startsWith('secret')) {
      this.#fault(member, 'is a secret: it never belongs into a file', { example: 'secret-envs: npm=NPM_TOKEN' })
    } else if (input) {
      this.#fault(member, 'belongs to one run: it is an input only, not a key of this file')
    } else {
      const { problem, example } = explain('release', member.key)
      this.#fault(member, problem.replace(/is not an input of release$/, 'is not a key of this file'), {
        ...(example ? { example } : {}),
        ...(suggestion ? { suggestion } : {}),
      })
    }
  }

  #membersOf(member: Member | undefined): Member[] {
    return member ? this.#members(member.node, member.name, member.line) : []
  }

  #members(node: unknown, name: string, line: number): Member[] {
    if (isScalar(node) && node.value === null) return []
    if (!isMap(node)) {
      this.#fault({ name: name === '' ? 'config' : name, line }, 'must be a mapping of keys and values')
      return []
    }
    return node.items.map((pair) => this.#member(pair, name))
  }

  #member({ key, value }: Pair, parent: string): Member {
    const text = isScalar(key) ? String(key.value) : String(key)
    const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0
    return {
      key: text,
      name: parent === '' ? text : `${parent}.${text}`,
      line: this.#place.lines.linePos(start).line,
      node: this.#follow(value),
    }
  }

  #source(line: number): string {
    return `${this.#name}:${line}`
  }

  #fault(at: { name: string; line: number }, problem: string, more: { example?: string; suggestion?: string } = {}) {
    this.#faults.add({ ...BLANK, name: at.name, source: this.#source(at.line), problem, ...more })
  }
}

function without(...names: readonly string[]): readonly string[] {
  return KEYS.filter((key) => !names.includes(key))
}
