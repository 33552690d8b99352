/** Everything that is wrong with a stack file, and what it says that Swarm leaves out: gathered and reported at once. */

/** Keys that are refused with a reason, because people try them. */
const REASONS: Readonly<Record<string, string>> = {
  name: 'is not a key of stack files: the stack is called as the app (input app)',
  extends: 'is not supported by Swarm',
  volume_driver: 'is not supported by Swarm: name the driver of a volume under volumes',
  volumes_from: 'is not supported by Swarm: name the volume in every service that shares it',
  cpu_quota: 'is not supported by Swarm: set deploy.resources',
  cpu_shares: 'is not supported by Swarm: set deploy.resources',
  cpuset: 'is not supported by Swarm: set deploy.resources',
  mem_limit: 'is not supported by Swarm: set deploy.resources',
  memswap_limit: 'is not supported by Swarm: set deploy.resources',
}

export class Faults {
  readonly list: string[] = []
  readonly warnings: string[] = []

  add(path: string, problem: string): void {
    this.list.push(`${path}: ${problem}`)
  }

  /** A key that is not known, by its name. */
  refuse(path: string, key: string): void {
    this.add(path, REASONS[key] ?? 'is not supported here')
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text)
  }
}
