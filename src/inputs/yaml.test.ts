import { describe, expect, it } from 'vitest'
import { equal } from '../domain/equal.ts'
import { parseJson, stringifyJson } from '../domain/json.ts'
import { readYaml, type YamlSchema } from './yaml.ts'

const valueOf = (text: string, schema: YamlSchema = 'kubernetes') => readYaml(text, schema).documents[0]?.value
const faultOf = (text: string, schema: YamlSchema = 'kubernetes') => readYaml(text, schema).faults[0]

describe('values', () => {
  it('follows YAML 1.1 for Kubernetes', () => {
    const text =
      'mode: 0400\noff: no\nday: 2001-01-01\nbig: 9007199254740993\nempty: ~\nbase: &b {x: 1}\nmore: {<<: *b, z: on}'
    expect(valueOf(text)).toEqual({
      mode: 256,
      false: false,
      day: '2001-01-01',
      big: 9007199254740993n,
      empty: null,
      base: { x: 1 },
      more: { x: 1, z: true },
    })
  })

  it('leaves yes and no as text for Docker, where what stands beside a merge counts more', () => {
    expect(valueOf('a: {x: no, mode: 0440, <<: {x: yes, z: 1}}\n', 'docker')).toEqual({
      a: { x: 'no', mode: 288n, z: 1n },
    })
    expect(valueOf('a: {x: 1, <<: {x: 2}}')).toEqual({ a: { x: 2 } })
  })

  it('reads quotes and brackets that go on at the column of their key', () => {
    expect(valueOf('metadata:\n  list: \'[\n    "a"\n  ]\'\n  flow: [\n  a,\n  cat, -]\nlast: "x\ny"')).toEqual({
      metadata: { list: '[ "a" ]', flow: ['a', 'cat', '-'] },
      last: 'x y',
    })
  })

  it('divides files by lines of three dashes, and JSON texts by themselves', () => {
    const lines = readYaml('# head\n---\na: 1\n--- # next\n\nb: 2\n---\n', 'kubernetes').documents
    expect(lines).toEqual([
      { line: 3, value: { a: 1 } },
      { line: 6, value: { b: 2 } },
    ])
    expect(readYaml('{"a": 12345678901234567890}\n{"b": [9007199254740993]}', 'kubernetes').documents).toEqual([
      { line: 1, value: { a: 12345678901234567000 } },
      { line: 2, value: { b: [9007199254740993n] } },
    ])
    expect(readYaml('{"a": 1}\n---\nb: 0x10', 'kubernetes').documents.map(({ value }) => value)).toEqual([
      { a: 1 },
      { b: 16 },
    ])
  })
})

describe('faults', () => {
  it('name templates that were not rendered', () => {
    for (const text of [
      'a: 1\nreplicas: {{ .Values.replicas }}',
      'a: 1\n{{- if .Values.on }}\nb: 2\n{{- end }}',
      'a: 1\nlabels: {{- include "labels" . | nindent 4 }}',
      'a: 1\nname: {{ .Release.Name }}-web',
    ]) {
      expect(faultOf(text), text).toMatchObject({
        line: 2,
        problem: expect.stringContaining('has to be rendered first') as unknown,
      })
    }
    expect(valueOf('a: "{{ $labels.instance }} is down"')).toEqual({ a: '{{ $labels.instance }} is down' })
  })

  it('name their line in the file, behind other documents', () => {
    expect(faultOf('a: 1\n---\nb: 2\nc: [1\n')).toMatchObject({ line: expect.any(Number) as unknown })
    expect(faultOf('a: 1\n---\nb: 2\nc: {[x]: 1}')).toMatchObject({ line: 4 })
    expect(faultOf('a: 1\n---\nb: *none')).toEqual({ line: 3, problem: 'the anchor &none does not exist' })
    expect(faultOf('a: .inf')?.problem).toContain('JSON')
    expect(faultOf('a: 1\nb: \u0007')).toEqual({ line: 2, problem: 'holds the control character U+0007' })
    expect(faultOf('a: &a [*a]')?.problem).toContain('contains itself')
  })

  it('stop aliases that multiply without end', () => {
    const lines = [...Array(9).keys()].map(
      (n) =>
        `x${String(n + 1)}: &x${String(n + 1)} [${Array(9)
          .fill(`*x${String(n)}`)
          .join(', ')}]`,
    )
    expect(faultOf(`x0: &x0 [a, b]\n${lines.join('\n')}`)?.problem).toContain('too large')
  })

  it('a key that is written twice is a fault for Docker and a warning for Kubernetes', () => {
    expect(faultOf('a: {x: 1,\n  x: 2}', 'docker')).toEqual({ line: 2, problem: 'x is written twice' })
    expect(readYaml('a: 1\na: 2', 'kubernetes')).toMatchObject({
      documents: [{ value: { a: 2 } }],
      warnings: [{ line: 2, problem: 'a is written twice' }],
    })
  })
})

describe('JSON', () => {
  it('keeps every digit on its way in and out', () => {
    const text =
      '{"a":9007199254740993,"b":"9007199254740993","c":[-9223372036854775808,1.5,1e3],"d":0.12345678901234567891}'
    expect(stringifyJson(parseJson(text))).toBe(
      '{"a":9007199254740993,"b":"9007199254740993","c":[-9223372036854775808,1.5,1000],"d":0.12345678901234568}',
    )
    expect(equal(parseJson('{"a":9007199254740993}'), parseJson('{"a":9007199254740992}'))).toBe(false)
    expect(equal({ a: [1, { b: 1, c: 2 }] }, { a: [1, { c: 2, b: 1 }] })).toBe(true)
  })
})
