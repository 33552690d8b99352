import tseslint from 'typescript-eslint'

/** Types are imported by a statement of their own. */
const INLINE_TYPE = {
  selector: 'ImportDeclaration[importKind="value"] > ImportSpecifier[importKind="type"]',
  message: 'Import types with a separate `import type` statement.',
}

/**
 * The last word of a constant number says what it counts: a unit (`WAIT_MS`, `BODY_BYTES`), what each counts for
 * (`TAGS_PER_PAGE`) or a noun in the plural (`MAX_TRIES`).
 */
const NUMBER_WITH_UNIT = {
  selector: 'variable',
  modifiers: ['const', 'global'],
  types: ['number'],
  format: ['UPPER_CASE'],
  custom: {
    regex: '[^S]S$|CHILDREN$|_(MS|MB|FD|BIT|CODE|SIGNAL|NUMBER|LENGTH|PORT|PART|SHARE)$|_PER_[A-Z]+$|^PORT$',
    match: true,
  },
}

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'test/lab/', '**/*.js', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // Taking a property out of a copy is what the rest syntax is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      'max-params': ['error', 4],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/naming-convention': ['error', NUMBER_WITH_UNIT],
      'no-restricted-syntax': ['error', INLINE_TYPE],
    },
  },
  {
    files: ['test/**', 'bench/**', '**/*.test.ts'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
