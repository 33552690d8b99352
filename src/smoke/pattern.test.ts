import { expect, it } from 'vitest'
import { broken, parsePattern } from './pattern.ts'

const hostile = `${'a'.repeat(60)}!`

it.each(['/^(a+)+$/', '!/^(a+)+$/', '/(a|aa)+$/', '/^(\\w+\\s?)*$/', '/(.*a){25}b/'])(
  '%s on a text made for it is stopped, and neither holds nor passes',
  (source) => {
    const started = performance.now()
    expect(broken([parsePattern(source)], `${hostile}${hostile}`, 'the body')).toBe(
      `${source} was stopped after 500 ms on the body: simplify it`,
    )
    expect(performance.now() - started).toBeLessThan(1500)
  },
)

it('goes on afterwards, and knows words from patterns', () => {
  expect(broken([parsePattern('/^b$/'), parsePattern('!c')], 'a\nb', 'it')).toBeUndefined()
  expect(broken([parsePattern('/^c$/')], 'a\nb', 'it')).toBe('it does not contain /^c$/')
  expect(broken([parsePattern('!/b/')], 'a\nb', 'it')).toBe('it contains /b/, which must not be there')
  expect(broken([parsePattern('a.b')], 'a-b', 'it')).toBe('it does not contain a.b')
})
