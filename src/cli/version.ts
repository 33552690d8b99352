/** Same as in package.json (a test compares them): read from there it would cost a file at every start. */
export const VERSION = '0.1.0'
