import type { CheckResult, SmokeReport } from '../ports.ts'
import { printable } from '../domain/text.ts'

/** The report as a JUnit file, one test case a check. */
export function junit(report: SmokeReport, name: string): string {
  const failures = report.checks.filter((check) => !check.passed && !check.skipped).length
  const skipped = report.checks.filter((check) => check.skipped).length
  // A reason without a failed check (a total time-out) must not look green.
  const errors = !report.passed && failures === 0 ? 1 : 0
  const counts = `tests="${String(report.checks.length + errors)}" failures="${String(failures)}" errors="${String(errors)}" skipped="${String(skipped)}"`
  const time = `time="${secondsOf(report.ms)}"`
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} ${time}>`,
    `  <testsuite name="${escape(name)}" ${counts} ${time}>`,
    ...report.checks.map((check) => testCase(check, name)),
    ...(errors === 0
      ? []
      : [`    <testcase classname="${escape(name)}" name="smoke test"><error ${reasonOf(report)}/></testcase>`]),
    ...(report.logs.length === 0 ? [] : [`    <system-out>${escape(report.logs.join('\n'))}</system-out>`]),
    '  </testsuite>',
    '</testsuites>',
  ]
  return `${lines.join('\n')}\n`
}

function testCase(check: CheckResult, suite: string): string {
  const head = `    <testcase classname="${escape(suite)}" name="${escape(check.name)}" time="${secondsOf(check.ms)}"`
  if (check.skipped) return `${head}><skipped message="${escape(check.detail)}"/></testcase>`
  if (check.passed) return `${head}/>`
  return `${head}><failure message="${escape(check.detail)}"/></testcase>`
}

function reasonOf({ reason }: SmokeReport): string {
  return `type="${escape(reason?.code ?? '')}" message="${escape(reason?.what ?? '')}"`
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 has no place for control characters, lone surrogates and the two last code points, escaped or not. */
function escape(text: string): string {
  return printable(text)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/\n/g, '&#10;')
}
