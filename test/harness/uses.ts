// Whether anything is done with a field, by TypeScript's own parser: handing it on under the same name is not using it.
import ts from 'typescript'

type Named = Readonly<Record<string, string>>

/** Names of fields that some code uses: read by `x.name` or taken out of `x`, and then not only put into another object. */
export function usedFields(sources: Named): Set<string> {
  const used = new Set<string>()
  for (const [file, text] of Object.entries(sources)) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    visit(source, used)
  }
  return used
}

function visit(node: ts.Node, used: Set<string>): void {
  if (ts.isPropertyAccessExpression(node) && !isHandedOn(node, node.name.text)) used.add(node.name.text)
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    const field = nameOf(node.propertyName) ?? nameOf(node.name)
    if (field !== undefined && isUsed(node, field)) used.add(field)
  }
  node.forEachChild((child) => visit(child, used))
}

function nameOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isIdentifier(node) ? node.text : undefined
}

/** `{ field }`, `{ field: x.field }`: it only changes the object that it is in. */
function isHandedOn(node: ts.Node, field: string): boolean {
  const { parent } = node
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name.text === field
  return ts.isPropertyAssignment(parent) && parent.initializer === node && nameOf(parent.name) === field
}

/** Something in reach of the variable does more with it. A pattern within is a use of its own. */
function isUsed(binding: ts.BindingElement, field: string): boolean {
  const variable = nameOf(binding.name)
  if (variable === undefined) return true
  let scope: ts.Node = binding
  while (!ts.isFunctionLike(scope) && !ts.isBlock(scope) && !ts.isSourceFile(scope)) scope = scope.parent
  const isUse = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === variable && isValue(node) && !isHandedOn(node, field)) ||
    (node.forEachChild((child) => isUse(child) || undefined) ?? false)
  return isUse(scope)
}

/** A name that stands for the variable's value, not for a field, a pattern or a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return !ts.isPropertySignature(parent) && !ts.isParameter(parent)
}
