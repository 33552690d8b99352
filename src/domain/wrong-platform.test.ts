import { describe, expect, it } from 'vitest'
import { isForeignBinary, isWrongPlatform } from './wrong-platform.ts'

describe('words for another platform', () => {
  it.each([
    'exec /app: exec format error',
    'standard_init_linux.go:228: exec user process caused: Exec format error',
    'starting container failed: exec format error: unknown',
  ])('a foreign binary: %s', (text) => {
    expect([isForeignBinary(text), isWrongPlatform(text)]).toEqual([true, true])
  })

  it.each([
    'no matching manifest for platform linux/arm64',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    'no match for platform in manifest',
    'image with reference app was found but does not match the specified platform',
    "the requested image's platform (linux/arm64) does not match the detected platform",
    'unsupported platform on 1 node',
  ])('an image for none of its platforms: %s', (text) => {
    expect([isForeignBinary(text), isWrongPlatform(text)]).toEqual([false, true])
  })

  it.each(['no such file or directory', 'permission denied', 'exit status 1', ''])('another fault: %s', (text) => {
    expect(isWrongPlatform(text)).toBe(false)
  })
})
