// What a manifest says is what kubectl reads in it: our reader beside the real client's, document by document.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { equal } from '../../src/domain/equal.ts'
import { parseJson, stringifyJson } from '../../src/domain/json.ts'
import { readYaml } from '../../src/inputs/yaml.ts'
import { describeWith } from '../harness/lab.ts'
import { tempDir } from '../harness/temp.ts'
import { DOCUMENTS, generated, VALUES, WE_ALSO_READ, WE_REFUSE } from './yaml-corpus.ts'

type Fields = Readonly<Record<string, unknown>>

const PATCH = ['patch', '--local', '--type', 'merge', '--patch', '{}', '--output', 'json', '--filename']

/** What kubectl reads, by the object's name; an object that is not there was refused. One process for all of them. */
async function kubectlReads(texts: readonly string[]): Promise<Map<string, Fields>> {
  const folder = tempDir('decoder')
  for (const [index, text] of texts.entries()) writeFileSync(path.join(folder, `${nameOf(index)}.yaml`), text)
  const options = { maxBuffer: 256 * 1024 * 1024 }
  const { stdout } = await promisify(execFile)('kubectl', [...PATCH, folder], options).catch((error: unknown) => {
    return error as { stdout: string }
  })
  const objects = stdout.split(/(?<=^\})\n/m).filter((text) => text.trim() !== '')
  return new Map(
    objects.map((text) => {
      const object = parseJson(text) as Fields & { metadata: { name: string } }
      return [object.metadata.name, object]
    }),
  )
}

function nameOf(index: number): string {
  return `doc-${String(index).padStart(5, '0')}`
}

function withHead(body: string, index: number): string {
  return `apiVersion: example.com/v1\nkind: Sample\nmetadata: {name: ${nameOf(index)}}\n${body}\n`
}

function weRead(text: string, name: string): Fields | undefined {
  const { documents, faults } = readYaml(text, 'kubernetes')
  if (faults.length > 0) return undefined
  return documents
    .map(({ value }) => value as Fields & { metadata?: { name?: string } })
    .find((value) => {
      return value.metadata?.name === name
    })
}

async function differences(bodies: readonly string[]): Promise<string[]> {
  const texts = bodies.map(withHead)
  const theirs = await kubectlReads(texts)
  return texts.flatMap((text, index) => {
    const name = nameOf(index)
    const [kubectl, ours] = [theirs.get(name), weRead(text, name)]
    if (kubectl === undefined && ours !== undefined && WE_ALSO_READ.some((also) => text.includes(also))) return []
    if (ours === undefined && WE_REFUSE.some((odd) => text.includes(odd))) return []
    if (equal(kubectl, ours)) return []
    return [`${JSON.stringify(bodies[index])}: kubectl ${stringifyJson(kubectl)}, we ${stringifyJson(ours)}`]
  })
}

describeWith('kubernetes')('manifests are read as kubectl reads them', () => {
  it('in every value, at every place', async () => {
    const bodies = VALUES.flatMap((value) => [
      `v: ${value}`,
      `v: [${value}]`,
      `v:\n  - ${value}`,
      `deep:\n  - v: ${value.replaceAll('\n', '\n    ')}`,
    ])
    expect(bodies.length).toBeGreaterThan(800)
    expect(await differences(bodies)).toEqual([])
  }, 120_000)

  it('in whole documents', async () => {
    expect(await differences(DOCUMENTS)).toEqual([])
  }, 120_000)

  it('in 1,500 mixtures', async () => {
    expect(await differences(generated(1500, 20_251))).toEqual([])
  }, 120_000)

  it('in another encoding, with a byte order mark', async () => {
    const folder = tempDir('encoding')
    const text = withHead('v: é', 0)
    for (const [file, bytes] of [
      ['a.yaml', Buffer.from(`\uFEFF${text}`)],
      ['b.yaml', Buffer.from(`\uFEFF${text}`, 'utf16le')],
      ['c.yaml', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ] as const) {
      const at = path.join(folder, file)
      writeFileSync(at, bytes)
      const { stdout } = await promisify(execFile)('kubectl', [...PATCH, at])
      const { decodeText } = await import('../../src/inputs/yaml-documents.ts')
      expect(weRead(decodeText(bytes), nameOf(0)), file).toEqual(JSON.parse(stdout))
    }
  })
})
