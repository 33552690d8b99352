// What the runner makes of an action's output: workflow commands, masks and command files.
import { readFileSync } from 'node:fs'

export interface Annotation {
  level: 'error' | 'warning' | 'notice'
  message: string
  properties: Record<string, string>
}

/** Values that must not be shown, each with the spellings under which the runner also knows it. */
export class Masks {
  readonly #values = new Set<string>()

  add(secret: string): void {
    for (const value of [secret, ...secret.split(/\r?\n/)]) {
      if (value.trim() === '') continue
      const bytes = Buffer.from(value)
      for (const form of [
        value,
        bytes.toString('base64'),
        bytes.subarray(1).toString('base64'),
        bytes.subarray(2).toString('base64'),
        encodeURIComponent(value),
        JSON.stringify(value).slice(1, -1),
        value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
        value.replaceAll("'", "''"),
        value.replaceAll('"', '\\"'),
        value.replace(/^"(.*)"$/s, '$1'),
      ]) {
        if (form !== '') this.#values.add(form)
      }
    }
  }

  hide(text: string): string {
    // The longest first: a shorter secret inside a longer one must not leave its ends visible.
    const values = [...this.#values].sort((a, b) => b.length - a.length)
    return values.reduce((shown, value) => shown.replaceAll(value, '***'), text)
  }
}

const known = ['debug', 'notice', 'warning', 'error', 'group', 'endgroup', 'add-mask', 'stop-commands', 'echo']
known.push('add-matcher', 'remove-matcher', 'save-state', 'set-output', 'set-env', 'add-path')

const decode = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
const decodeProperty = (text: string) => decode(text.replaceAll('%3A', ':').replaceAll('%2C', ','))

interface Command {
  name: string
  properties: Record<string, string>
  data: string
}

function parse(line: string, names: readonly string[]): Command | undefined {
  const match = /^\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$/s.exec(line) ?? /##\[([^\s\]]+)(?:\s+([^\]]*))?\](.*)$/s.exec(line)
  const name = match?.[1]?.toLowerCase()
  if (!match || name === undefined || !names.map((known) => known.toLowerCase()).includes(name)) return undefined
  const pairs = (match[2] ?? '').split(/[,;]/).flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 ? [[pair.slice(0, at).trim(), decodeProperty(pair.slice(at + 1))]] : []
  })
  return { name, properties: Object.fromEntries(pairs) as Record<string, string>, data: decode(match[3] ?? '') }
}

/** What one stage said through its streams. Each stage of a step gets a new one; the masks belong to the job. */
export class Listener {
  readonly annotations: Annotation[] = []
  readonly outputs: Record<string, string> = {}
  readonly state: Record<string, string> = {}
  /** Commands that the runner refuses, which fails the step. */
  readonly refused: string[] = []
  readonly masks: Masks
  #stopped: string | undefined

  constructor(masks: Masks) {
    this.masks = masks
  }

  /** Takes a line; returns it as the log shows it, if it does. */
  line(raw: string): string | undefined {
    const token = this.#stopped
    const command = parse(raw, token === undefined ? known : [token])
    if (!command) return this.masks.hide(raw)
    if (token !== undefined) {
      this.#stopped = undefined
      return undefined
    }
    const { name, properties, data } = command
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice': {
        const message = this.masks.hide(data).slice(0, 4096)
        const same = this.annotations.filter((annotation) => annotation.level === name)
        if (same.length < 10) this.annotations.push({ level: name, message, properties })
        return `##[${name}]${this.masks.hide(data)}`
      }
      case 'add-mask':
        this.masks.add(data)
        return '::add-mask::***'
      case 'stop-commands':
        if (data === '' || known.includes(data) || data === 'pause-logging') {
          this.refused.push(`stop-commands with the token '${data}'`)
          return undefined
        }
        this.#stopped = data
        if (data.length > 6) this.masks.add(data)
        return undefined
      case 'set-output':
        this.outputs[properties.name ?? ''] = data
        return undefined
      case 'save-state':
        this.state[properties.name ?? ''] = data
        return undefined
      case 'set-env':
      case 'add-path':
        this.refused.push(name)
        return `##[error]The \`${name}\` command is disabled.`
      case 'group':
        return `##[group]${this.masks.hide(data)}`
      case 'endgroup':
        return '##[endgroup]'
      default:
        return undefined
    }
  }
}

/** `key=value` and `key<<DELIMITER` lines, as @actions/core writes them. Throws what the runner would say. */
export function parseCommandFile(file: string, what: string): [string, string][] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const pairs: [string, string][] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.replace(/\r$/, '')
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)])
    } else if (heredoc > 0 && line.length > heredoc + 2) {
      const delimiter = line.slice(heredoc + 2)
      const end = lines.findIndex((later, index) => index > at && later.replace(/\r$/, '') === delimiter)
      if (end < 0)
        throw new Error(
          `Unable to process file command '${what}' successfully. Matching delimiter not found '${delimiter}'`,
        )
      pairs.push([
        line.slice(0, heredoc),
        lines
          .slice(at + 1, end)
          .join('\n')
          .replace(/\r$/, ''),
      ])
      at = end
    } else {
      throw new Error(`Unable to process file command '${what}' successfully. Invalid format '${line}'`)
    }
  }
  return pairs
}
