// The licences of everything that is bundled: their owners ask that the text travels with the code.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Each text once, below the packages that have it with the copyright lines of each: only these differ. */
export function licenses({ modules }) {
  const inside = [...modules].flatMap((module) => (module.modules ? [...module.modules] : [module]))
  const folders = new Set(inside.flatMap(({ resource }) => packageOf(resource) ?? []))
  const owners = new Map()
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((one) => /^licen[cs]e(?:[.-].*)?$/i.test(one))
    const lines = file === undefined ? [] : readFileSync(path.join(folder, file), 'utf8').trim().split(/\r?\n/)
    const owned = lines.filter((line) => COPYRIGHT.test(line)).map((line) => `  ${line.trim()}`)
    const text = lines.filter((line) => !COPYRIGHT.test(line)).join('\n')
    const key = text.replaceAll(/\s+/g, ' ').trim()
    const title = [`${name} ${version} (${license ?? 'no licence is named'})`, ...new Set(owned)].join('\n')
    const known = owners.get(key) ?? { text: text.trim(), titles: new Set() }
    owners.set(key, { ...known, titles: known.titles.add(title) })
  }
  const sections = [...owners.values()].map(({ text, titles }) => `${[...titles].sort().join('\n')}\n\n${text}\n`)
  return sections.sort().join('\n')
}

/** Who owns it; not the sentences of a licence that speak of copyright. */
const COPYRIGHT = /^\s*(?:Copyright\s+(?:\(c\)|©|\d|\[)|\(c\)\s+\d)/i

/** The folder of the package that a file belongs to; undefined for our own. */
function packageOf(file) {
  if (!file?.includes(`${path.sep}node_modules${path.sep}`)) return undefined
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    // A folder inside a package may have a file of that name too, which says only how its modules are read.
    const description = path.join(folder, 'package.json')
    if (existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).version !== undefined) return folder
  }
  return undefined
}
