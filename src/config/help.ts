import type { Input } from './inputs.ts'
import { inputsOf } from './inputs.ts'
import type { Verb } from '../verbs/verb.ts'

const GROUPS: Readonly<Record<Input['group'], string>> = {
  what: 'What',
  where: 'Where',
  prove: 'Proof',
  run: 'This run',
  build: 'Build (as docker/build-push-action)',
}

/** The text of `--help`, made from the table of inputs. Lines fit into 100 columns. */
export function helpFor({ name: command, title }: Verb): string {
  const inputs = inputsOf(command).filter(({ kind }) => !kind.startsWith('secret'))
  const sections = Object.entries(GROUPS).flatMap(([group, heading]) => {
    const rows = inputs.filter((input) => input.group === group).map(row)
    return rows.length === 0 ? [] : [`${heading}:\n${rows.join('\n')}`]
  })
  return [
    `${title}\n\n  immutable-deploy ${command} [--option value …]`,
    ...sections,
    `Output:\n${line('--json', 'Print the result as one JSON document.')}\n${line('--events', 'Print one JSON event a line.')}\n${line('--help', 'Print this.')}`,
    'Lists may be repeated. Secrets are not options: GITHUB_TOKEN is read from the environment,\nbuild secrets come by --secret-envs and --secret-files.\n',
  ].join('\n\n')
}

/** The sentence that names a default; `.` is one itself. */
export function defaultNote(fallback: string): string {
  return ` Default: ${fallback}${fallback.endsWith('.') ? '' : '.'}`
}

function row(input: Input): string {
  const value = input.kind === 'boolean' ? '' : ` ${input.choices?.join('|') ?? PLACEHOLDERS[input.kind] ?? 'TEXT'}`
  const fallback = input.default ?? input.otherwise
  const note = fallback === undefined || input.kind === 'boolean' ? '' : defaultNote(fallback)
  return line(`--${input.name}${value}`, plain(`${input.about}${note}`))
}

const PLACEHOLDERS: Readonly<Partial<Record<Input['kind'], string>>> = {
  list: 'LIST',
  lines: 'LIST',
  duration: 'DURATION',
  document: 'YAML',
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}

const INDENT_COLUMNS = 30
const PAGE_COLUMNS = 100

function line(option: string, about: string): string {
  const words = about.split(' ')
  const lines: string[] = []
  let current = ''
  for (const word of words) {
    if (current !== '' && current.length + 1 + word.length > PAGE_COLUMNS - INDENT_COLUMNS) {
      lines.push(current)
      current = word
    } else {
      current = current === '' ? word : `${current} ${word}`
    }
  }
  lines.push(current)
  const head = `  ${option}`
  const pad = ' '.repeat(INDENT_COLUMNS)
  const first = head.length < INDENT_COLUMNS ? head.padEnd(INDENT_COLUMNS) : `${head}\n${pad}`
  return first + lines.join(`\n${pad}`)
}
