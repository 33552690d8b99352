import { describe, expect, it } from 'vitest'
import { isOwnRule, parseRule, valuesOf } from './traefik-rule.ts'

const isOwn = (template: string): boolean | undefined => {
  const [own, other] = ['shop-pr-7', 'another-preview'].map((name) => parseRule(template.replaceAll('${name}', name)))
  return own && other && isOwnRule(own, other)
}

describe('a rule takes requests for the preview alone', () => {
  it.each([
    'Host(`${name}.example.com`)',
    'Host("${name}.example.com")',
    'Host(`${name}.example.com`) && PathPrefix(`/api`)',
    'Host(`a-${name}.example.com`, `b-${name}.example.com`)',
    'Host(`a-${name}.example.com`) || (Host(`b-${name}.example.com`) && !Path(`/private`))',
    '(Host(`shop.example.com`) || Host(`www.example.com`)) && Header(`X-Preview`, `${name}`)',
    'HostRegexp(`^.+\\.${name}\\.example\\.com$`)',
    'HostSNI(`${name}.example.com`)',
    'HostHeader(`${name}.example.com`) && Method(`GET`)',
  ])('%s', (rule) => {
    expect(isOwn(rule)).toBe(true)
  })
})

describe('a rule takes requests of production too', () => {
  it.each([
    'Host(`shop.example.com`)',
    'Host(`shop.example.com`) && PathPrefix(`/${name}`)',
    'Host(`shop.example.com`) && PathRegexp(`^/${name}`)',
    'PathPrefix(`/${name}`)',
    'Host(`shop.example.com`) && Query(`preview`, `${name}`)',
    'Host(`shop.example.com`) && HeaderRegexp(`X-Preview`, `${name}`)',
    'HostSNI(`*`)',
    'PathPrefix(`/`)',
    'Host(`shop.example.com`) || Host(`${name}.example.com`)',
    'Host(`shop.example.com`, `${name}.example.com`)',
    '!Host(`${name}.example.com`)',
    'Host(`shop.example.com`) && !Path(`/${name}`)',
    '(Host(`${name}.example.com`) || PathPrefix(`/`)) && Method(`GET`)',
  ])('%s', (rule) => {
    expect(isOwn(rule)).toBe(false)
  })
})

it.each(['', 'Host:shop.example.com', 'Host(`a`', 'Host(`a`) &&', 'Host(`a`) Host(`b`)', 'Host()', '&& Host(`a`)'])(
  'does not understand %j',
  (rule) => {
    expect(parseRule(rule)).toBeUndefined()
  },
)

it('gives the hosts that a rule asks for', () => {
  const rule = parseRule('Host(`a`, `b`) && (Path(`/x`) || Host(`c`)) && !Host(`d`)')
  expect(rule && valuesOf(rule, /^Host$/)).toEqual(['a', 'b', 'c'])
})
