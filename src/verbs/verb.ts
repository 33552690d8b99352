import type { AppRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import type { Input } from '../inputs/types.ts'
import type { Reporter } from '../ports.ts'

/** Everything that this product knows about one verb: action files, command line, pages, schemas and bundle read it. */
export interface Verb {
  /** The command of the command line and, where it is an action, its folder under dist/. */
  readonly name: string
  /** Its line in the list of commands. */
  readonly summary: string
  /** The first sentence of its `--help`. */
  readonly title: string
  /** The inputs that it has: those of these groups, and those of its own name. */
  readonly takes: readonly string[]
  /** Inputs of those groups that it does not have, or has in a row of its own. */
  readonly without?: readonly string[]
  /** Inputs that no other verb has, where they are not in the tables of src/config/inputs. */
  readonly inputs: readonly Input[]
  /** undefined: a command of the command line only. */
  readonly action?: ActionTexts
  /** Reads the inputs, puts real parts together and works. @throws DeployError for inputs at fault */
  run(invocation: InvocationContext, context: VerbContext): Promise<Done>
}

/** What an action file says. */
export interface ActionTexts {
  readonly name: string
  readonly description: string
  readonly icon: string
  readonly color: string
  /** Also the action of the repository itself. */
  readonly isRoot?: true
}

/** Where inputs come from. */
export interface InvocationContext {
  /** Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Options after the command's name; undefined in an action, where inputs come from the environment. */
  readonly argv?: readonly string[]
  /** Working folder: the checkout. Default: the process's own. */
  readonly cwd?: string
}

/** What an entry gives a verb to work with. */
export interface VerbContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Called before the first line that could show one. */
  readonly mask: (secrets: readonly string[]) => void
  /** Called before anything is created that a killed run would leave behind; `token` marks it. */
  readonly remember: (token: string) => void
}

export interface Done {
  readonly result: Result
  /** undefined where the inputs were at fault, and for verbs without an environment. */
  readonly request?: AppRequest
}
