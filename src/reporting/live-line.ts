import { cut } from '../domain/text.ts'

export interface Screen {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
/** Where the terminal does not say. */
const DEFAULT_COLUMNS = 80
const CLEAR = '\r\u001b[K'

/** The one line at the bottom that is redrawn while something runs. Lines that stay are printed above it. */
export class LiveLine {
  readonly on: boolean
  readonly #screen: Screen
  readonly #status: () => string | undefined
  #timer: NodeJS.Timeout | undefined
  #frame = 0
  #drawn = false

  /** @param status what to say now; undefined when nothing runs */
  constructor(screen: Screen, on: boolean, status: () => string | undefined) {
    this.#screen = screen
    this.on = on
    this.#status = status
  }

  print(line: string): void {
    this.#clear()
    this.#screen.write(`${line}\n`)
    if (this.#timer) this.#draw()
  }

  show(): void {
    if (!this.on || this.#timer) return
    this.#timer = setInterval(() => this.#draw(), FRAME_MS)
    // It never keeps the process alive.
    this.#timer.unref()
    this.#draw()
  }

  hide(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#clear()
  }

  #draw(): void {
    const status = this.#status()
    if (status === undefined) return
    this.#frame = (this.#frame + 1) % FRAMES.length
    // One column stays free: a full line would wrap and could not be taken back.
    const width = Math.max(20, (this.#screen.columns || DEFAULT_COLUMNS) - 3)
    this.#screen.write(`${CLEAR}${FRAMES[this.#frame] ?? ''} ${cut(status, width)}`)
    this.#drawn = true
  }

  #clear(): void {
    if (this.#drawn) this.#screen.write(CLEAR)
    this.#drawn = false
  }
}
