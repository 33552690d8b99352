import { nearest } from '../../domain/nearest.ts'

/**
 * What `${name}` stands for. A name with the value `undefined` is known but has no value yet: it stays in the text
 * (preflight reads the file before the image is built). A name that is absent has no value in this run: a fault.
 */
export type Variables = Readonly<Partial<Record<VariableName, string | undefined>>>

export const VARIABLE_NAMES = ['sha', 'revision', 'digest', 'image', 'app', 'environment'] as const
export type VariableName = (typeof VARIABLE_NAMES)[number]

/**
 * Puts values in place of `${name}`; `$${` is a plain `${`. Other names stay as they are (a shell's own variables),
 * unless they look like a misspelt one of ours.
 */
export function substitute(
  text: string,
  variables: Variables,
  fault: (problem: string, suggestion?: string) => void,
  escape: (value: string) => string = (value) => value,
): string {
  return text.replace(/\$\$\{|\$\{([^{}]*)\}/g, (whole, name: string | undefined) => {
    if (name === undefined) return '${'
    const known = VARIABLE_NAMES.find((candidate) => candidate === name)
    if (known === undefined) {
      const meant = /^[a-z]+$/.test(name) ? nearest(name, VARIABLE_NAMES) : undefined
      if (meant !== undefined) fault(`unknown variable ${whole}`, `\${${meant}}`)
      return whole
    }
    if (!Object.hasOwn(variables, known)) fault(`${whole} has no value in this run`)
    const value = variables[known]
    return value === undefined ? whole : escape(value)
  })
}

export function escapeRegex(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
