import { describe, expect, it } from 'vitest'
import { remoteContext, repositoryUrl } from './remote-context.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'

describe('a build context', () => {
  it.each([
    `https://github.com/acme/app.git#${SHA}`,
    `https://github.com/acme/app.git#${SHA}:services/web`,
    `ssh://git@example.com/acme/app#${SHA}`,
    `git@example.com:acme/app.git#${SHA}`,
    `deploy-user@example.com:acme/app#${SHA}`,
    `github.com/acme/app#${SHA}`,
  ])('%s is a repository that pins a commit', (text) => {
    expect(remoteContext(text)).toEqual({ kind: 'git', revision: SHA, plain: false })
  })

  it.each([
    'https://github.com/acme/app.git',
    'https://github.com/acme/app.git#main',
    `https://github.com/acme/app.git#refs/heads/${SHA}`,
    `https://github.com/acme/app.git#main:${SHA}`,
    `https://github.com/acme/app.git?ref=main#${SHA}`,
    `git@example.com:acme/app.git?tag=v1#${SHA}`,
    `https://github.com/acme/app.git#${SHA}0`,
    `https://github.com/acme/app.git#${SHA.toUpperCase()}`,
  ])('%s is a repository and pins nothing', (text) => {
    expect(remoteContext(text)).toEqual({ kind: 'git', revision: undefined, plain: false })
  })

  it.each([
    `https://example.com/context.tar.gz#${SHA}`,
    `https://example.com/app#${SHA}`,
    `https://example.com/app.github#${SHA}`,
    `https://example.com/app#${SHA}:x.git`,
    `https://example.com/app?file=x.git#${SHA}`,
    `HTTPS://example.com/app.git#${SHA}`,
  ])('%s is a file that the builder downloads', (text) => {
    expect(remoteContext(text)).toMatchObject({ kind: 'file', revision: undefined })
  })

  it.each([
    `http://example.com/app.git#${SHA}`,
    `git://example.com/app#${SHA}`,
    'http://example.com/context.tar',
    'HTTP://example.com/context.tar',
  ])('%s comes without encryption', (text) => {
    expect(remoteContext(text)?.plain).toBe(true)
  })

  it.each(['.', './github.com/acme/app', '/abs/app', 'app', 'a/b@c:d', 'ftp://example.com/app', 'C:\\app'])(
    '%s is a folder',
    (text) => {
      expect(remoteContext(text)).toBeUndefined()
    },
  )

  it('has the web address of its repository, without credentials', () => {
    expect(repositoryUrl(`https://token@github.com/acme/app.git#${SHA}`)).toBe('https://github.com/acme/app')
    expect(repositoryUrl(`github.com/acme/app#${SHA}`)).toBe('https://github.com/acme/app')
    expect(repositoryUrl('git@example.com:acme/app.git')).toBeUndefined()
    expect(repositoryUrl('/abs/app')).toBeUndefined()
  })
})
