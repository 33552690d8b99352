// Documents of our own, written for the comparison of our reader with kubectl's decoder: every rule, and hundreds of mixtures.

/** Values at their place in a mapping, in brackets and in a list. */
export const VALUES: readonly string[] = [
  // integers
  ...[
    '0',
    '-0',
    '+0',
    '00',
    '08',
    '09',
    '0400',
    '0644',
    '-0400',
    '+0400',
    '0o17',
    '0O17',
    '0o8',
    '0x1F',
    '0XfF',
    '-0x1F',
  ],
  ...['0b11', '0B11', '0b2', '0x', '0b', '1_000', '1__0', '_1', '1_', '0_7', '0b1_1', '-1_000.5', '1L', '1f', '٣'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807'],
  ...['9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551615'],
  ...['18446744073709551616', '0777777777777777777777', '0xFFFFFFFFFFFFFFFF', '123456789012345678901234567890'],
  // floating point, dates, times
  ...['1.0', '1.', '.5', '-.5', '+.5', '.', '..', '-', '+', '1.5.2', '1e3', '1E3', '1e+3', '1e-3', '.e3', '1e', 'e1'],
  ...[
    '1e400',
    '1e-400',
    '0.1',
    '3.141592653589793238',
    '1e21',
    '1e20',
    '0x1p-2',
    '.inf',
    '-.inf',
    '.nan',
    'NaN',
    'inf',
  ],
  ...['2001-01-01', '2001-1-1', '2001-13-01', '2001-01-01T00:00:00Z', '2001-01-01 00:00:00', '12:30:45', '1:30'],
  // words
  ...['yes', 'Yes', 'YES', 'yEs', 'no', 'on', 'off', 'Off', 'y', 'n', 'Y', 'N', 'true', 'TRUE', 'tRue', 'false'],
  ...['null', 'Null', 'nUll', '~', '', '<<', '"<<"'],
  // tags
  ...[
    '!!str 12',
    '!!int "3"',
    '!!int 3.5',
    '!!float 3',
    '!!float x',
    '!!bool yes',
    '!!bool 3',
    '!!null ""',
    '!!null x',
  ],
  ...[
    '!!binary aGk=',
    '!!binary aGk',
    '!!timestamp 2001-01-01',
    '!!timestamp x',
    '! 12',
    '! "12"',
    '!foo bar',
    '!foo 12',
  ],
  // quotes, and what stands in them over several lines
  ...['"12"', "'yes'", '"a\\nb"', '"\\x41\\u0042\\U00000043"', '"\\q"', "'it''s'", '"{{ .x }}"', '"a\tb"', '"\\0"'],
  ...["'a\n  b'", "'a\n b'", "'a\nb'", '"a\n\n  b"', '"a\\\n   b"', '\'[\n  "a"\n ]\'', '\'[\n"a"\n]\'', '"é😀"'],
  // plain text and blocks
  ...['a b  c', 'a#b', 'a #b', 'a: b', 'a:b', 'http://x:80/y', '@x', '`x', '%x', '&a x', '*a', '-x', '?x', ':x', '- x'],
  ...['a\n  b', 'a\n\n  b', '|\n  a\n  b', '|-\n  a', '|+\n  a\n\n', '>\n  a\n  b\n\n  c\n   d', '|2\n    a\n   b'],
  ...[
    '| # c\n  a',
    '>-\n\n  a',
    '# c',
    'a\n# c',
    'é',
    'a\u0085b',
    '\u00a0a',
    '\u0007',
    '"\u0007"',
    '\u007f',
    'a\u0000b',
  ],
  // brackets
  ...['[a, b]', '[a,b,]', '[a,,b]', '{a: b}', '{a}', '{a,b}', '{a:b}', '{"a":b}', '{a: }', '[a: b]', '[{a: b}, c]'],
  ...['[a,\n b]', '[a,\nb]', '{a: b,\nc: d}', '{a: b\n}', '[\n]', '[a,\n\tb]', '[cat, -]', '[-]', '{a: -}'],
  // templates
  ...['{{ .x }}', '{{.x}}', '{{ .x }}-y', '[{{ x }}]', '{{- if .x }}'],
  // merges and keys
  ...[
    '{<<: {a: 1}, a: 2}',
    '{a: 2, <<: {a: 1}}',
    '{a: 2, <<: [{a: 1, b: 5}, {b: 2, c: 3}], c: 9}',
    '{<<: 3}',
    '{<<: [1]}',
  ],
  ...['{"<<": {a: 1}}', '{!!merge <<: {a: 1}}', '{1.5: a}', '{1.0: a}', '{0.1: a}', '{yes: a}', '{null: a}', '{~: a}'],
  ...['{[a]: b}', '{{a: b}: c}', '{0400: a}', '{9007199254740993: a}', '{a: 1, a: 2}', '{2001-01-01: a}'],
]

/** Whole documents, behind the object's own lines. */
export const DOCUMENTS: readonly string[] = [
  'key:\n- a\n- b\nother: c',
  'key: &x\n  a: 1\nother: *x',
  'key: &x {a: 1}\nother:\n  <<: *x\n  a: 2',
  'key: &x {a: 1}\nother:\n  a: 2\n  <<: *x',
  'key:\n  - &y a\n  - *y',
  'key: !!set {a, b}',
  '? a\n: b',
  '? [a]\n: b',
  'key:\n    a: 1\n  b: 2',
  'key: a\n b: c',
  '- a',
  'key:\n  - a\n   - b',
  'key: "a" b',
  "key: 'a",
  'key: [a',
  '"key": a',
  'key:a',
  'key:\n  - name: x\n    value: "a\n    b"',
  'key:\n  - name: x\n    value: "[\n  a\n]"\n  - name: y',
  "key:\n  x: '[\n    a\n  ]'\n  y: '{\n  }'\nz: 'a\nb'",
  'key: a\n...\nother: b',
  'key:\t a',
  'key: a\t',
  '\tkey: a',
  'key:\n\t- a',
  'key:\n  a: 1\n\tb: 2',
  'key: >\n\ta',
  'key: &a a\nk2: &a b\nk3: *a',
  'a: *x',
  'a: &x\n  b: *x',
  'key: {\n  a: 1,\n  b: [\n    2,\n  3]\n}',
  'key: {\n}\nother: {a: "b\nc"}',
  'key: [\n  "a"\n]',
  'key: a::b',
  'key: {a::b}',
  'key: ["a": b]',
  'key: |-\n\n\nother: 1',
  'key: "a\r\n b"\r\nother: |\r\n  a\r\n  b\r\n',
  'key: a\rother: b',
  'key: a\n\n\n',
  'key: a\n---\n',
  'a: 1\na: 2',
  'a: {b: 1}\na: {c: 2}',
  'key: "x" # c',
  'key: "x"#c',
  'key: a%b',
  'key: [-1, - 2]',
  'key:\n- - a\n  - b\n- - c',
  'key: !<tag:yaml.org,2002:str> 12',
  'key: !e!x 12',
  'on:\n  push: yes\n1: 2\ntrue: 3',
]

/** Where kubectl refuses a text that we read, because nothing can go wrong by reading it. */
export const WE_ALSO_READ: readonly string[] = [':x']

/** What kubectl reads in a way that nobody means, and we refuse in words. */
export const WE_REFUSE: readonly string[] = ['?x']

/** A small generator of its own: the same documents in every run. */
export function generated(count: number, seed: number): string[] {
  let state = seed
  const next = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const plain = VALUES.filter((value) => !value.includes('\n') && !/^[|>]|: |#/.test(value))
  const pick = () => plain[next(plain.length)] ?? ''
  const value = (depth: number, indent: string): string => {
    const kind = depth > 2 ? 0 : next(7)
    const inner = `${indent}  `
    const members = [...Array(1 + next(3)).keys()]
    if (kind < 3) return ` ${pick()}`
    if (kind === 3) return members.map((n) => `\n${inner}k${String(n)}:${value(depth + 1, inner)}`).join('')
    if (kind === 4) return members.map(() => `\n${indent}-${value(depth + 1, inner)}`).join('')
    if (kind === 5) return ` {${members.map((n) => `k${String(n)}: ${pick()}`).join(', ')}}`
    return ` [${members.map(pick).join(', ')}]`
  }
  return [...Array(count).keys()].map(() => `key:${value(0, '')}\nlast: ${pick()}`)
}
