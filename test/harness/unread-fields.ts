/**
 * Fields and methods of types that no code reads, by TypeScript's own checker. A field is read by `x.field`, by a pattern,
 * by a name that is computed, and by everything that leaves the typed code as a whole: what is serialised, compared or
 * handed to a library. Where a value of one type is taken for another type, reading the second one's field reads both.
 */
import path from 'node:path'
import ts from 'typescript'

export interface ReadContext {
  readonly files: readonly string[]
  readonly options: ts.CompilerOptions
  /** Files whose types are examined; the others only read. */
  readonly isExamined: (file: string) => boolean
  /** Default: the file system's. */
  readonly host?: ts.CompilerHost
}

type Field = ts.PropertySignature | ts.MethodSignature

interface Flow {
  readonly source: ts.Type
  readonly target: ts.Type
}

/** @returns `file: Type.field` of each field that nothing reads */
export function unreadFields({ files, options, isExamined, host }: ReadContext): string[] {
  const program = ts.createProgram(files, options, host)
  const own = program.getSourceFiles().filter(({ fileName }) => files.includes(fileName))
  const reads = new Reads(program)
  for (const source of own) reads.visit(source)
  const found: string[] = []
  const examine = (node: ts.Node): void => {
    if (isField(node) && !reads.has(node)) {
      const relative = path.relative(process.cwd(), node.getSourceFile().fileName)
      found.push(`${relative}: ${ownerOf(node)}${node.name.getText()}`)
    }
    node.forEachChild(examine)
  }
  for (const source of own) if (isExamined(source.fileName)) examine(source)
  return found
}

/** What only tells types apart has one value or is never there; a computed name is a brand; a pattern has no values. */
function isField(node: ts.Node): node is Field {
  if (!ts.isPropertySignature(node) && !ts.isMethodSignature(node)) return false
  if (ts.isComputedPropertyName(node.name)) return false
  if (node.type && (node.type.kind === ts.SyntaxKind.NeverKeyword || ts.isLiteralTypeNode(node.type))) return false
  return !isPattern(node.parent)
}

/** `Extract<State, { is: 'failed' }>`, `T extends { name: infer Name }`: which types are meant. */
function isPattern(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isConditionalTypeNode(parent)) return parent.extendsType === node
  return ts.isTypeReferenceNode(parent) && /^(?:Extract|Exclude)$/.test(parent.typeName.getText())
}

function ownerOf(node: ts.Node): string {
  const owner = ts.findAncestor(
    node,
    (one): one is ts.NamedDeclaration & { name: ts.Identifier } =>
      one !== node && 'name' in one && ts.isIdentifier((one as ts.NamedDeclaration).name ?? one),
  )
  return owner ? `${owner.name.text}.` : ''
}

class Reads {
  readonly #checker: ts.TypeChecker
  readonly #read = new Set<ts.Node>()
  /** From a field to the fields of other types through which it may be read. */
  readonly #through = new Map<ts.Node, Set<ts.Node>>()
  readonly #flows = new Map<ts.Type, Set<ts.Type>>()
  readonly #whole = new Set<ts.Type>()
  readonly #program: ts.Program

  constructor(program: ts.Program) {
    this.#program = program
    this.#checker = program.getTypeChecker()
  }

  has(field: ts.Node, seen = new Set<ts.Node>()): boolean {
    if (this.#read.has(field)) return true
    if (seen.has(field)) return false
    seen.add(field)
    return [...(this.#through.get(field) ?? [])].some((other) => this.has(other, seen))
  }

  visit(node: ts.Node): void {
    this.#visitAccess(node)
    if (ts.isExpression(node)) this.#visitValue(node)
    if (ts.isSpreadAssignment(node) || ts.isSpreadElement(node)) {
      if (ts.isExpression(node.parent)) this.#follow(node.expression, this.#checker.getContextualType(node.parent))
    }
    if (ts.isIndexedAccessTypeNode(node)) this.#visitLookup(node)
    // Rows of a table are read by their own types.
    if (ts.isSatisfiesExpression(node)) this.#flow({ source: this.#typeOf(node.type), target: this.#typeOf(node) })
    node.forEachChild((child) => this.visit(child))
  }

  #visitAccess(node: ts.Node): void {
    const checker = this.#checker
    if (ts.isPropertyAccessExpression(node) && !isWritten(node)) {
      this.#mark(checker.getSymbolAtLocation(node.name))
    } else if (ts.isElementAccessExpression(node) && !isWritten(node)) {
      this.#markNamed(this.#typeOf(node.expression), this.#typeOf(node.argumentExpression))
    } else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
      const name = node.propertyName ?? node.name
      const type = this.#typeOf(node.parent)
      if (ts.isIdentifier(name) || ts.isStringLiteral(name)) this.#mark(checker.getPropertyOfType(type, name.text))
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) {
      this.#markNamed(this.#typeOf(node.right), this.#typeOf(node.left))
    }
  }

  /** `Calls[Name]`: a table of types that is looked up by any of its names. */
  #visitLookup(node: ts.IndexedAccessTypeNode): void {
    const index = this.#typeOf(node.indexType)
    if (index.isTypeParameter()) this.#markNamed(this.#typeOf(node.objectType), index)
  }

  #typeOf(node: ts.Node): ts.Type {
    return this.#checker.getTypeAtLocation(node)
  }

  /** `x[name]`, `name in x`. */
  #markNamed(object: ts.Type, name: ts.Type): void {
    const names = name.isUnion() ? name.types : [name]
    for (const one of partsOf(object)) {
      for (const property of this.#checker.getPropertiesOfType(one)) {
        if (names.every((key) => !key.isStringLiteral() || key.value === property.name)) this.#mark(property)
        else if (names.some((key) => key.isStringLiteral() && key.value === property.name)) this.#mark(property)
      }
    }
  }

  #visitValue(node: ts.Expression): void {
    if (ts.isParenthesizedExpression(node)) return
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return
    const target = this.#targetOf(node)
    // Each value in a literal has a target of its own, unless the literal is taken as a whole.
    if (target && (!ts.isObjectLiteralExpression(node) || isAnything(target))) this.#follow(node, target)
  }

  /** The type that a value is taken for. A call that is still being resolved answers `any` for its arguments. */
  #targetOf(node: ts.Expression): ts.Type | undefined {
    const { parent } = node
    if (ts.isCallExpression(parent) && parent.arguments.includes(node)) {
      const parameter = this.#checker.getResolvedSignature(parent)?.parameters[parent.arguments.indexOf(node)]
      const declaration = parameter?.valueDeclaration
      const isOne = declaration && ts.isParameter(declaration) && !declaration.dotDotDotToken
      if (parameter && isOne) return this.#checker.getTypeOfSymbol(parameter)
    }
    // A pattern takes fields, each by its name; it is not a type.
    const taker = ts.findAncestor(parent, (one) => !ts.isAwaitExpression(one) && !ts.isParenthesizedExpression(one))
    if (taker && ts.isVariableDeclaration(taker) && !taker.type) return undefined
    return this.#checker.getContextualType(node)
  }

  #follow(node: ts.Expression, target: ts.Type | undefined): void {
    if (target) this.#flow({ source: this.#typeOf(node), target })
  }

  #flow({ source, target }: Flow): void {
    if (source === target || isPlain(source)) return
    const known = this.#flows.get(source) ?? new Set()
    if (known.has(target)) return
    this.#flows.set(source, known.add(target))
    if (isAnything(target)) {
      this.#readWhole(source)
      return
    }
    if (source.isUnion() || target.isUnion()) {
      for (const from of partsOf(source)) for (const to of partsOf(target)) this.#flow({ source: from, target: to })
      return
    }
    this.#flowArguments(source, target)
    this.#flowSignatures(source, target)
    this.#flowFields(source, target)
  }

  /** `Promise<A>` taken for `Promise<B>`; who takes `Promise<unknown>` only waits. */
  #flowArguments(source: ts.Type, target: ts.Type): void {
    const from = this.#argumentsOf(source)
    const to = this.#argumentsOf(target)
    from.forEach((type, index) => {
      const other = to[index]
      if (other && !isAnything(other)) this.#flow({ source: type, target: other })
    })
  }

  #argumentsOf(type: ts.Type): readonly ts.Type[] {
    const isReference = (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference
    return isReference ? this.#checker.getTypeArguments(type as ts.TypeReference) : []
  }

  #flowSignatures(source: ts.Type, target: ts.Type): void {
    const [from] = source.getCallSignatures()
    const [to] = target.getCallSignatures()
    if (!from || !to) return
    this.#flow({ source: from.getReturnType(), target: to.getReturnType() })
    from.parameters.forEach((parameter, index) => {
      const given = to.parameters[index]
      if (!given) return
      this.#flow({ source: this.#checker.getTypeOfSymbol(given), target: this.#checker.getTypeOfSymbol(parameter) })
    })
  }

  #flowFields(source: ts.Type, target: ts.Type): void {
    const any = target.getStringIndexType()
    for (const property of this.#checker.getPropertiesOfType(source)) {
      const other = this.#checker.getPropertyOfType(target, property.name)
      if (other) this.#link(property, other)
      else if (any) this.#mark(property)
      const type = other ? this.#checker.getTypeOfSymbol(other) : any
      if (type && this.#isOwn(property)) this.#flow({ source: this.#checker.getTypeOfSymbol(property), target: type })
    }
  }

  #link(property: ts.Symbol, other: ts.Symbol): void {
    if (!this.#isOwn(other)) {
      this.#mark(property)
      return
    }
    for (const from of property.declarations ?? []) {
      const known = this.#through.get(from) ?? new Set()
      for (const to of other.declarations ?? []) known.add(to)
      this.#through.set(from, known)
    }
  }

  /** Serialised, compared, or handed to code that knows nothing of its type. */
  #readWhole(type: ts.Type): void {
    if (this.#whole.has(type) || isPlain(type)) return
    this.#whole.add(type)
    for (const part of partsOf(type)) {
      if (part !== type) this.#readWhole(part)
      for (const argument of this.#argumentsOf(part)) this.#readWhole(argument)
      const any = part.getStringIndexType()
      if (any) this.#readWhole(any)
      for (const property of this.#checker.getPropertiesOfType(part)) {
        if (!this.#isOwn(property)) continue
        this.#mark(property)
        this.#readWhole(this.#checker.getTypeOfSymbol(property))
      }
    }
  }

  #mark(symbol: ts.Symbol | undefined): void {
    for (const declaration of symbol?.declarations ?? []) this.#read.add(declaration)
  }

  #isOwn(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((one) => !this.#isForeign(one.getSourceFile()))
  }

  #isForeign(file: ts.SourceFile): boolean {
    return this.#program.isSourceFileDefaultLibrary(file) || this.#program.isSourceFileFromExternalLibrary(file)
  }
}

function partsOf(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type]
}

function isPlain({ flags }: ts.Type): boolean {
  const { StringLike, NumberLike, BooleanLike, BigIntLike, ESSymbolLike, Undefined, Null, Void, Never } = ts.TypeFlags
  const plain = StringLike | NumberLike | BooleanLike | BigIntLike | ESSymbolLike | Undefined | Null | Void | Never
  return (flags & plain) !== 0
}

/** `any`, `unknown`, `object` and `{}`: whoever takes it may look at everything. */
function isAnything(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return true
  const isEmpty = type.getProperties().length === 0 && type.getCallSignatures().length === 0
  return isEmpty && (type.flags & ts.TypeFlags.Object) !== 0 && type.getStringIndexType() === undefined
}

/** `x.field = …` alone reads nothing, nor does `x.field += 1` whose value nobody takes. */
function isWritten(node: ts.Expression): boolean {
  const { parent } = node
  const isStatement = ts.isExpressionStatement(parent.parent)
  if (ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent)) {
    const isStep = parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    return isStep && isStatement
  }
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false
  const { kind } = parent.operatorToken
  if (kind === ts.SyntaxKind.EqualsToken) return true
  return isStatement && kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
}
