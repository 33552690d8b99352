import { expect, it } from 'vitest'
import { shellWord } from './text.ts'

it('quotes a word for the shell only where needed', () => {
  expect(shellWord('ghcr.io/acme/app@sha256:ab')).toBe('ghcr.io/acme/app@sha256:ab')
  expect(shellWord("it's; rm -rf /")).toBe(`'it'\\''s; rm -rf /'`)
  expect(shellWord('')).toBe("''")
})
