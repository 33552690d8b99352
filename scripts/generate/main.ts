import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { actionFiles } from './action.ts'
import { configSchema } from './config-schema.ts'
import { errorsPage } from './errors-page.ts'
import { resultSchema } from './result-schema.ts'
import { inputsPage, tables, withTables } from './tables.ts'
import { withBlocks, WORKFLOWS } from './workflows.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Every generated file by its path. */
export function generated(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ...actionFiles(),
    ['schema/config.schema.json', json(configSchema())],
    ['schema/result.schema.json', json(resultSchema())],
    ['docs/errors.md', errorsPage()],
    ['docs/inputs.md', inputsPage()],
  ])
  for (const page of ['README.md', 'docs/architecture.md', 'docs/ecs.md', 'docs/reusable-workflows.md']) {
    const file = path.join(root, page)
    if (existsSync(file)) files.set(page, withTables(readFileSync(file, 'utf8'), tables()))
  }
  for (const name of WORKFLOWS) {
    const file = `.github/workflows/${name}.yml`
    files.set(file, withBlocks(readFileSync(path.join(root, file), 'utf8')))
  }
  return files
}

/** @returns the exit code */
export async function main(check: boolean): Promise<number> {
  const stale = [...generated()].filter(([file, text]) => current(file) !== text)
  for (const [file, text] of stale) {
    console.log(`${check ? 'out of step' : 'written'}: ${file}`)
    if (check) continue
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  if (check && stale.length > 0) console.error('Run: npm run generate')
  return check && stale.length > 0 ? 1 : 0
}

function current(file: string): string | undefined {
  const full = path.join(root, file)
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
