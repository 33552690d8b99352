// Paired timing: what is compared runs in turn, so a machine that gets slower gets slower for both.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface Row {
  name: string
  /** Medians, ms, and what they are of. */
  ours: string
  floor: string
  ratio: string
  bound: string
  ok: boolean | undefined
}

export const rows: Row[] = []

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${String(Math.round(value))} ms`
}

export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time))
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Runs all in turn, `runs` times after one warm-up; returns the times of each. */
export async function inTurn<K extends string>(
  work: Record<K, (round: number) => Promise<number>>,
  runs: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(work) as K[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = 0; round <= runs; round++) {
    for (const name of names) {
      const time = await work[name](round)
      if (round > 0) times[name].push(time)
    }
  }
  return times
}

/** The median of the pairwise ratios. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, index) => value / (b[index] ?? Number.NaN)))
}

export function report(row: Omit<Row, 'ok'> & { ok?: boolean | undefined }): void {
  const full = { ok: undefined, ...row }
  rows.push(full)
  const verdict = full.ok === undefined ? '' : full.ok ? 'ok' : 'MISSED'
  console.error(`${full.name}: ${full.ours} / ${full.floor} = ${full.ratio} (${full.bound}) ${verdict}`)
}

export function compare(name: string, ours: readonly number[], floor: readonly number[], bound: number): void {
  const value = ratio(ours, floor)
  report({
    name,
    ours: ms(median(ours)),
    floor: ms(median(floor)),
    ratio: `${value.toFixed(2)} x`,
    bound: `≤ ${String(bound)} x`,
    ok: value <= bound,
  })
}

/** A time with a limit of its own, ms. */
export function within(name: string, times: readonly number[], most: number): void {
  const time = median(times)
  report({ name, ours: ms(time), floor: '', ratio: '', bound: `< ${String(most)} ms`, ok: time < most })
}

/** A number of programs with a limit; undefined: not counted. */
export function atMost(name: string, count: number | undefined, most: number): void {
  const ok = count === undefined ? undefined : count <= most
  report({
    name,
    ours: String(count ?? 'not measured'),
    floor: '',
    ratio: '',
    bound: `≤ ${String(most)}`,
    ok,
  })
}

/** The size of a file or folder, with a limit where there is one. */
export function kilobytes(name: string, bytes: number, most?: number): void {
  const shown = (value: number) => `${String(Math.round(value / 1000))} kB`
  const bound = most === undefined ? {} : { bound: `≤ ${shown(most)}`, ok: bytes <= most }
  report({ name, ours: shown(bytes), floor: '', ratio: '', bound: '', ...bound })
}

/** Many at once, against a bare script that sends and watches the same: 1.15 x and a second. */
export function compareMany(name: string, ours: readonly number[], floor: readonly number[]): void {
  const most = median(floor) * 1.15 + 1000
  report({
    name,
    ours: ms(median(ours)),
    floor: ms(median(floor)),
    ratio: `${ratio(ours, floor).toFixed(2)} x`,
    bound: `≤ 1.15 x + 1 s (${ms(most)})`,
    ok: median(ours) <= most,
  })
}

export function table(): string {
  const head = ['', 'ours', 'floor', 'ratio', 'bound', '']
  const body = rows.map(({ name, ours, floor, ratio: value, bound, ok }) => [
    name,
    ours,
    floor,
    value,
    bound,
    ok === undefined ? '' : ok ? 'ok' : 'missed',
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return [head, ...body].map(line).join('\n')
}

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
  ms: number
  /** When the first output came, ms after the start. */
  firstOutput: number
}

// A certificate file that the machine adds makes old Nodes slower to start: on neither side.
const base = { ...process.env }
delete base['NODE_EXTRA_CA_CERTS']

export function run(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    let firstOutput = Number.NaN
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...base, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        if (Number.isNaN(firstOutput)) firstOutput = performance.now() - start
        out[stream] += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...out, ms: performance.now() - start, firstOutput }))
  })
}

export async function must(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Finished> {
  const done = await run(file, args, options)
  if (done.code !== 0)
    throw new Error(
      `${file} ${args.join(' ')} ended with ${String(done.code)}:\n${done.stdout.slice(-2000)}\n${done.stderr.slice(-2000)}`,
    )
  return done
}

/** How many programs were started, by strace; undefined without it. */
export async function processes(
  log: string,
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string },
): Promise<number | undefined> {
  if (!existsSync('/usr/bin/strace')) return undefined
  const { readFileSync } = await import('node:fs')
  await must('/usr/bin/strace', ['-f', '-qq', '-e', 'trace=execve', '-o', log, file, ...args], options)
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('execve(') && / = 0$/.test(line)).length
}
