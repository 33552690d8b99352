// Dates as Docker's client reads them: what it makes of one is the text that Go prints for a time. Pure.
const DATE = /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ ]+)(\d\d?):(\d\d?):(\d\d?)(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)?)?$/

/** `2026-01-02 00:00:00 +0000 UTC`; undefined where the text is not a date. */
export function goTime(text: string): string | undefined {
  const parts = DATE.exec(text)
  if (!parts) return undefined
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone] = parts
  const two = (part: string): string => part.padStart(2, '0')
  const rest = fraction.replace(/0+$/, '')
  const offset = zone === undefined || zone === 'Z' ? '+0000 UTC' : `${zone.replace(':', '')} ${zone.replace(':', '')}`
  const time = `${two(hour)}:${two(minute)}:${two(second)}${rest === '' ? '' : `.${rest}`}`
  return `${year}-${two(month)}-${two(day)} ${time} ${offset}`
}
