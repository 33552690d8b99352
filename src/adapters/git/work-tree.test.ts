import { expect, it } from 'vitest'
import { parseStatus } from './status.ts'
import { webAddress } from './work-tree.ts'

it.each([
  ['https://github.com/acme/app.git', 'https://github.com/acme/app'],
  ['https://github.com/acme/app', 'https://github.com/acme/app'],
  ['https://token:x@github.com/acme/app.git', 'https://github.com/acme/app'],
  ['https://git.example.com:8443/acme/app.git/', 'https://git.example.com:8443/acme/app'],
  ['git@github.com:acme/app.git', 'https://github.com/acme/app'],
  ['github.com:acme/app', 'https://github.com/acme/app'],
  ['ssh://git@git.example.com:2222/acme/app.git', 'https://git.example.com/acme/app'],
  ['/srv/git/app.git', undefined],
  ['file:///srv/git/app.git', undefined],
  ['../app', undefined],
])('%s is at %s', (remote, address) => expect(webAddress(remote)).toBe(address))

it('reads every kind of line of a status', () => {
  const oid = 'a'.repeat(40)
  const entries = [
    `# branch.oid ${oid}`,
    '# branch.head main',
    '1 .M N... 100644 100644 100644 1 2 src/a file.c',
    '2 R. N... 100644 100644 100644 1 2 R100 new.c',
    '? was called so',
    'u UU N... 100644 100644 100644 100644 1 2 3 both.c',
    '1 .M S..U 160000 160000 160000 1 2 vendor/untouched',
    '1 .M SC.. 160000 160000 160000 1 2 vendor/moved',
    '? new file\nwith a break',
    '! ignored',
    '',
  ]
  expect(parseStatus(entries.join('\0'))).toEqual({
    revision: oid,
    dirty: ['src/a file.c', 'new.c', 'both.c', 'vendor/moved'],
    untracked: ['new file\nwith a break'],
    ignored: ['ignored'],
  })
  expect(parseStatus('# branch.oid (initial)\0').revision).toBeUndefined()
})
