/** What a preview has otherwise than its files say: lines of the plan, and warnings. */
export class Notes {
  readonly #left = new Map<string, string[]>()
  readonly lines: string[] = []
  readonly warnings: string[] = []

  /** A setting of a service that would be production's. */
  leftOut(service: string, what: string): void {
    this.#left.set(service, [...(this.#left.get(service) ?? []), what])
  }

  add(line: string): void {
    if (!this.lines.includes(line)) this.lines.push(line)
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text)
  }

  get plan(): string[] {
    const left = [...this.#left].map(
      ([service, what]) =>
        `service ${service}: without ${what.join(', ')}: production has the same; with \${number} or \${name} in it, it is the preview's own`,
    )
    return [...left, ...this.lines]
  }
}
