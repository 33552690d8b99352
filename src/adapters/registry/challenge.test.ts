import { describe, expect, it } from 'vitest'
import { parseChallenges, pickChallenge } from './challenge.ts'

describe('WWW-Authenticate', () => {
  it('reads a bearer challenge whose scope contains commas', () => {
    const header = 'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push"'
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example/token',
          service: 'registry',
          scope: 'repository:a/b:pull,push',
        },
      },
    ])
  })

  it('separates several challenges in one header', () => {
    const header = 'Negotiate, Basic realm="a, b", Bearer realm="https://x/t" , service = plain'
    expect(parseChallenges(header).map(({ scheme }) => scheme)).toEqual(['negotiate', 'basic', 'bearer'])
    expect(pickChallenge(parseChallenges(header))).toEqual({
      scheme: 'bearer',
      parameters: { realm: 'https://x/t', service: 'plain' },
    })
  })

  it('takes the password when no token server is named', () => {
    expect(pickChallenge(parseChallenges('Bearer service="x", BASIC realm="r"'))?.scheme).toBe('basic')
    expect(pickChallenge(parseChallenges('Negotiate abc=='))).toBeUndefined()
    expect(pickChallenge(parseChallenges(''))).toBeUndefined()
  })

  it('undoes escapes in quoted values', () => {
    expect(parseChallenges(String.raw`Basic realm="say \"hi\" \\ bye"`)[0]?.parameters['realm']).toBe('say "hi" \\ bye')
  })

  it('ends on text that is not a header', () => {
    expect(parseChallenges('"""')).toEqual([])
    expect(parseChallenges('Basic realm="never closed')).toHaveLength(1)
  })
})
