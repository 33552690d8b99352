/** Control sequences of terminals (CSI, OSC and friends) and other control characters but for the tab. */

const ESCAPES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|[\u009b\u0090\u009d]/g

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** One hostile line made printable: escapes and control characters are removed, nothing that can be read is hidden. */
export function printable(line: string): string {
  return line.replace(ESCAPES, '').replace(CONTROLS, '')
}

/** Printable lines of a text; a bare carriage return ends a line too. */
export function printableLines(text: string): string[] {
  const lines = text.split(/\r?\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map(printable)
}

/** A text as one printable line. */
export function oneLine(text: string): string {
  return printableLines(text.trim()).join(' ')
}
