/** The folders of the source: what is in each, and what it may import. test/unit/arrows.test.ts enforces it. */
export interface Room {
  readonly holds: string
  /** Rooms, or `room/file`. */
  readonly imports: readonly string[]
  /** What is imported when it is needed, by `import()`. */
  readonly lazily?: readonly string[]
}

/** What every room may import. */
export const CORE = ['domain', 'errors', 'async', 'ports'] as const

export const ROOMS: Readonly<Record<string, Room>> = {
  domain: { holds: 'values and pure rules: digests, references, tags, history, outcomes', imports: [] },
  errors: {
    holds: 'one error class, the catalogue of permanent codes, and what refuses an answer that cannot be read',
    imports: [],
  },
  async: {
    holds: 'waiting: deadlines, patience with a peer, sleep, once, bounded bodies',
    imports: ['domain', 'errors'],
  },
  ports: {
    holds: 'what the pipeline needs from the world, as small interfaces',
    imports: ['domain', 'errors', 'reporting/events'],
  },
  inputs: {
    holds: 'what a value is: the shape of an input, its value, where it was written; the reader of YAML',
    imports: CORE,
  },
  targets: {
    holds: 'one folder a target, and the line that lists them; a target imports no other one',
    imports: [...CORE, 'inputs'],
    lazily: ['adapters'],
  },
  verbs: {
    holds: 'the table of verbs: name, texts, inputs, and what runs it',
    imports: [...CORE, 'inputs'],
    lazily: ['compose'],
  },
  config: {
    holds: 'reads inputs, options, the configuration file and the event, and says every fault at once',
    imports: [...CORE, 'inputs', 'targets', 'verbs'],
  },
  pipeline: {
    holds: '`release`, `rollback`, `preview`, and one file a step',
    imports: [...CORE, 'reporting/events'],
  },
  smoke: {
    holds: 'the check engine: knows containers and addresses, nothing of GitHub',
    imports: [...CORE, 'inputs', 'reporting/events'],
  },
  adapters: {
    holds: 'Docker, registries, Git, GitHub, kubectl, processes; the only room that uses `@actions/*`',
    imports: CORE,
    lazily: ['inputs/yaml'],
  },
  reporting: { holds: 'says what happens: log, terminal, event lines, outputs, summary', imports: CORE },
  ledgers: {
    holds: 'what remembers versions: the target’s stamp, the registry’s tags, deployments on GitHub',
    imports: CORE,
  },
  gates: {
    holds: 'one file a kind of gate: what decides whether a proven version may stay',
    imports: CORE,
  },
  compose: {
    holds: 'reads a request and puts real ports together for it',
    imports: [...CORE, 'config', 'targets', 'gates', 'ledgers', 'verbs', 'reporting'],
    lazily: ['pipeline', 'adapters', 'smoke'],
  },
  actions: {
    holds: 'what every action does before and after its verb, and the clean-up after it',
    imports: [...CORE, 'verbs', 'compose', 'reporting'],
    lazily: ['adapters'],
  },
  cli: {
    holds: 'what every command does before and after its verb',
    imports: [...CORE, 'verbs', 'compose', 'reporting'],
    lazily: ['config', '../demo'],
  },
  bundle: { holds: 'the one entry of what is published', imports: ['verbs'], lazily: ['actions', 'cli'] },
}

/** The table of docs/architecture.md. */
export function roomsTable(): string {
  const rows = Object.entries(ROOMS).map(([name, { holds, imports, lazily = [] }]) => {
    const later = lazily.length > 0 ? [`when needed: ${lazily.map(shown).join(', ')}`] : []
    const all = CORE.every((room) => imports.includes(room))
    const named = all ? ['the first four', ...imports.filter((room) => !CORE.some((core) => core === room))] : imports
    return `| \`src/${name}${name === 'bundle' ? '.ts' : ''}\` | ${holds} | ${[named.map(shown).join(', ') || 'nothing', ...later].join('; ')} |`
  })
  return ['| folder | holds | may import |', '| --- | --- | --- |', ...rows].join('\n')
}

const shown = (name: string) => name.replace(/^\.\.\//, '')
