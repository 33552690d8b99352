import { expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

it('takes secrets out of text and out of JSON, whole and line by line', () => {
  const redactor = createRedactor()
  redactor.add(['to"ken', 'line one\nline two', 'line', 'ab', '  '])
  expect(redactor.clean('x to"ken y')).toBe('x *** y')
  expect(redactor.clean(JSON.stringify({ a: 'to"ken' }))).toBe('{"a":"***"}')
  expect(redactor.clean('line two; line one')).toBe('***; ***')
  expect(redactor.clean('ab stays')).toBe('ab stays')
})
