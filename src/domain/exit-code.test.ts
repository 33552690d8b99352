import { expect, it } from 'vitest'
import { exitText } from './exit-code.ts'

it('says what an exit code means', () => {
  expect(exitText(1)).toBe('exit code 1 (a general error of the program)')
  expect(exitText(42)).toBe('exit code 42')
  expect(exitText(130)).toBe('exit code 130 (signal 2)')
  expect(exitText(137)).toContain('SIGKILL')
})
