// Sample apps for tests: a git repository with a Dockerfile FROM scratch, made of a static busybox and nothing to pull.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { removeDir, tempDir } from './temp.ts'

export type Variant =
  | 'healthy' // serves /healthz and /version on 8080, ends within 200 ms of SIGTERM
  | 'slow' // the same, but listens only after `seconds`
  | 'crash' // exits with 1 at once
  | 'exit-zero' // exits with 0 at once
  | 'crash-later' // healthy, then exits with 1 after `seconds`
  | 'unhealthy' // serves, but its HEALTHCHECK fails
  | 'never-ready' // listens, but /healthz is 404 for ever
  | 'stubborn' // healthy, ignores SIGTERM
  | 'hostile-logs' // prints what a log must not be able to do, then exits with 1
  | 'oom' // eats memory until it is killed (give the container a limit)
  | 'wrong-arch' // a binary that this machine's kernel refuses
  | 'not-found' // its command doesn't exist

export interface AppOptions {
  seconds?: number
  /** What /version answers. */
  version?: string
  /** Declares a HEALTHCHECK on /healthz (300 ms). */
  healthcheck?: boolean
  /** More files of the repository; a Dockerfile here replaces ours. */
  files?: Record<string, string>
}

export interface App {
  dir: string
  /** The commit that HEAD names. */
  revision: string
  /** Commits files, or another variant of the app, and returns the new revision. */
  commit: (message: string, change?: { variant?: Variant; files?: Record<string, string> } & AppOptions) => string
  git: (...args: string[]) => string
  remove: () => void
}

// The same tree gives the same commit, whoever runs it and whenever.
const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
}

export function git(cwd: string, ...args: string[]): string {
  const options = { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...identity }, encoding: 'utf8' as const }
  return execFileSync('git', args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()
}

const serve = 'httpd -f -p 8080 -h /www & web=$!'
// PID 1 gets no default signal handlers: without a trap, SIGTERM would be ignored until the engine kills.
const stopFast = "trap 'kill $web 2>/dev/null; exit 0' TERM INT"
const hostile = [
  '::error::this is not an error of the deploy',
  '::set-output name=outcome::healthy',
  '::add-mask::e',
  '::stop-commands::x',
  '##[error]nor is this',
  'a\\033[2J\\033[1;31mred\\033]0;title\\007 and\\rcarriage returns',
  '</details> <script>alert(1)</script> ``` | [link](https://example.com) @someone',
]

const starts: Record<Variant, (seconds: number) => string> = {
  healthy: () => `${serve}\n${stopFast}\nwait $web`,
  slow: (seconds) => `trap 'exit 0' TERM INT\nsleep ${seconds} & wait $!\n${serve}\n${stopFast}\nwait $web`,
  crash: () => 'echo "fatal: no configuration" >&2\nexit 1',
  'exit-zero': () => 'echo done\nexit 0',
  'crash-later': (seconds) =>
    `${serve}\n${stopFast}\nsleep ${seconds} & wait $!\necho "fatal: lost the database" >&2\nexit 1`,
  unhealthy: () => `${serve}\n${stopFast}\nwait $web`,
  'never-ready': () => `rm -f /www/healthz\n${serve}\n${stopFast}\nwait $web`,
  stubborn: () => `${serve}\ntrap '' TERM INT\nwhile :; do wait $web; done`,
  'hostile-logs': () => `${hostile.map((line) => `printf '${line}\\n'`).join('\n')}\nexit 1`,
  oom: () => 'exec tail /dev/zero',
  'wrong-arch': () => '',
  'not-found': () => '',
}

function appFiles(variant: Variant, options: AppOptions): Record<string, string> {
  const check =
    variant === 'unhealthy'
      ? 'HEALTHCHECK --interval=300ms --timeout=1s --retries=2 CMD ["/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/no"]'
      : options.healthcheck
        ? 'HEALTHCHECK --interval=300ms --timeout=1s --retries=3 CMD ["/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/healthz"]'
        : undefined
  const command: Partial<Record<Variant, string>> = { 'wrong-arch': '/bin/foreign', 'not-found': '/app/nothing-here' }
  const dockerfile = [
    'FROM scratch',
    'COPY bin /bin',
    'COPY app /app',
    'COPY www /www',
    'EXPOSE 8080',
    check,
    `CMD ["${command[variant] ?? '/app/start'}"]`,
  ]
  return {
    Dockerfile: `${dockerfile.filter((line) => line !== undefined).join('\n')}\n`,
    'app/start': `#!/bin/sh\n${starts[variant](options.seconds ?? 2)}\n`,
    'www/version': `${options.version ?? 'v1'}\n`,
    'www/healthz': 'ok\n',
  }
}

function write(dir: string, files: Record<string, string | Buffer>, mode = 0o644): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content, { mode: name === 'app/start' ? 0o755 : mode })
  }
}

export function makeApp(variant: Variant = 'healthy', options: AppOptions = {}): App {
  const busybox = '/bin/busybox'
  if (!existsSync(busybox)) throw new Error('the sample apps need a static /bin/busybox (npm run lab installs it)')
  const dir = tempDir('app')
  mkdirSync(path.join(dir, 'bin'))
  copyFileSync(busybox, path.join(dir, 'bin/busybox'))
  // One busybox layer for all variants: the engine and the registry keep it once.
  for (const applet of ['sh', 'httpd', 'sleep', 'wget', 'tail', 'kill', 'rm', 'cat', 'nc']) {
    symlinkSync('busybox', path.join(dir, 'bin', applet))
  }
  const foreign = readFileSync(busybox)
  foreign.writeUInt16LE(foreign.readUInt16LE(18) === 183 ? 62 : 183, 18) // e_machine: arm64, or x86-64 on arm64
  write(dir, { 'bin/foreign': foreign }, 0o755)

  let current = { variant, options }
  const app: App = {
    dir,
    revision: '',
    git: (...args) => git(dir, ...args),
    commit: (message, { variant: next, files, ...changed } = {}) => {
      current = { variant: next ?? current.variant, options: { ...current.options, ...changed } }
      write(dir, { ...appFiles(current.variant, current.options), ...current.options.files, ...files })
      git(dir, 'add', '--all')
      git(dir, 'commit', '--quiet', '--allow-empty', '--message', message)
      return (app.revision = git(dir, 'rev-parse', 'HEAD'))
    },
    remove: () => removeDir(dir),
  }
  git(dir, 'init', '--quiet', '--initial-branch', 'main')
  git(dir, 'config', 'core.compression', '1')
  git(dir, 'remote', 'add', 'origin', 'https://github.com/acme/shop.git')
  app.commit('first')
  return app
}
