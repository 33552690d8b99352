/** Deep equality of JSON values, whatever the order of keys. */
export { equalJson as equal } from '../../domain/json.ts'
