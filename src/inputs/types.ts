/** How one input is described; everything that lists, parses or documents inputs reads these rows. */

export type Kind =
  /** One line or word, taken as it is. */
  | 'text'
  /** docker/build-push-action's list: lines, CSV quotes, commas split. */
  | 'list'
  /** The same, but commas belong to the value. */
  | 'lines'
  | 'boolean'
  /** `90s`, `5m`, `1h30m` */
  | 'duration'
  /** One of `choices`. */
  | 'choice'
  /** A YAML document in place. */
  | 'document'
  /** One secret: never in the file, never in an argument list, never shown. */
  | 'secret'
  /** `lines` of secrets; white space is part of the value. */
  | 'secret-lines'

export interface Input {
  readonly name: string
  readonly kind: Kind
  readonly group: 'what' | 'build' | 'where' | 'prove' | 'run'
  /** The commands that have it: those that take this group, or the one of this name (src/verbs). */
  readonly commands: string
  /** Parsed like a given value. */
  readonly default?: string
  /** What applies without a value, in words, where it is not a constant. */
  readonly otherwise?: string
  readonly choices?: readonly string[]
  /** Other names for a choice. */
  readonly also?: Readonly<Record<string, string>>
  /** A duration that must be longer than nothing. */
  readonly positive?: true
  /** A value that works. */
  readonly example: string
  readonly about: string
  /** False: belongs to one run, so the configuration file cannot set it. */
  readonly file?: false
  /** False: on an event whose code nobody reviewed, such as a pull request, the file cannot set it either. */
  readonly unreviewed?: false
}

/** Names of the rows of one kind. */
export type NameOf<Row extends Input, K extends Kind> = Extract<Row, { readonly kind: K }>['name']

/** The choices of a row; of all rows with that name, where commands differ. */
export type ChoiceOf<Row extends Input, Name> = Row extends {
  readonly name: Name
  readonly kind: 'choice'
  readonly choices: readonly (infer Choice)[]
}
  ? Choice
  : never

/** Groups of commands. */
export const EVERY = 'every'
/** Commands about an environment and what runs there. */
export const TARGETED = 'targeted'
/** Commands that replace what runs. */
export const DEPLOYING = 'deploying'
/** Commands that smoke-test an image. */
export const TESTING = 'testing'
export const RELEASE = 'release'
export const ROLLBACK = 'rollback'
