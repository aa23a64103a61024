/** Reads every error code of the sources, with its class, retryability and message, for comparison with `runtime/ERRORS.md`. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { filesBelow } from './files-below.ts';

export interface ListedError {
  readonly code: string;
  /** Empty for a code that is used without an error class. */
  readonly className: string;
  /** With `*`, unless the cause of the error says otherwise. */
  readonly retryable: 'yes' | 'no' | 'yes*' | 'no*' | 'depends';
  /** Values appear as `<name>`. */
  readonly message: string;
  /** The class whose message it uses, if it has none of its own. */
  readonly base?: string | undefined;
}

const codeForm = /^PARLEY_[A-Z_]+$/;

/** Reads the errors. @param folders such as `runtime/gateway` */
export function errorsIn(folders: readonly string[]): ReadonlyMap<string, readonly ListedError[]> {
  const read = folders.map((folder) => [folder, filesBelow(folder, '.ts').flatMap(errorsOf)] as const);
  const messages = new Map(read.flatMap(([, errors]) => errors.map((error) => [error.className, error.message])));
  return new Map(read.map(([folder, errors]) => [folder, errors.map((error) => inherited(error, messages))]));
}

const inherited = (error: ListedError, messages: ReadonlyMap<string, string>): ListedError =>
  error.base === undefined ? error : { ...error, message: messages.get(error.base) ?? '' };

function errorsOf(file: string): readonly ListedError[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: ListedError[] = [];
  const visit = (node: ts.Node): void => {
    const listed = listedError(node);
    if (listed !== undefined) found.push(listed);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function listedError(node: ts.Node): ListedError | undefined {
  if (!ts.isStringLiteral(node) || !codeForm.test(node.text)) return undefined;
  const parent = node.parent;
  // a class whose code is a parameter with a default
  if (ts.isParameter(parent) && parent.initializer === node && parent.name.getText() === 'code') {
    const call = superCallOf(parent.parent);
    return call && { ...described(call.arguments, node.text), className: classNameOf(parent) };
  }
  if (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.SuperKeyword) {
    const className = classNameOf(node);
    const given = argumentsAfter(parent.arguments, node);
    return { ...described(given, node.text), className, ...(given.length === 0 ? { base: baseOf(node) } : {}) };
  }
  if (ts.isNewExpression(parent)) {
    const given = argumentsAfter(parent.arguments ?? [], node);
    return { ...described(given, node.text), className: parent.expression.getText() };
  }
  if (ts.isPropertyAssignment(parent) && parent.name.getText() === 'code') {
    const message = propertyOf(parent.parent, 'message');
    const retryable = propertyOf(parent.parent, 'retryable');
    return {
      code: node.text,
      className: '',
      retryable: wordFor(retryable?.getText() ?? 'false'),
      message: message === undefined ? '' : textOf(message) || slot(message),
    };
  }
  return undefined;
}

function argumentsAfter(given: Iterable<ts.Expression>, code: ts.Node): readonly ts.Expression[] {
  const all = [...given];
  return all.slice(all.indexOf(code as ts.Expression) + 1);
}

function described(given: readonly ts.Expression[], code: string): Omit<ListedError, 'className'> {
  const texts = given.map(textOf).filter((text) => text !== '');
  // a path may precede the message
  const longest = texts.reduce((one, other) => (other.length > one.length ? other : one), '');
  const message = longest === '' && given[0] !== undefined ? slot(given[0]) : longest;
  const details = given.find(ts.isObjectLiteralExpression);
  const own = details && propertyOf(details, 'retryable')?.getText();
  const names = details?.properties.map((property) => property.name?.getText() ?? '...') ?? [];
  const word = own === undefined && names.includes('...') ? 'depends' : wordFor(own ?? 'false');
  return { code, retryable: word !== 'depends' && names.includes('cause') ? `${word}*` : word, message };
}

function wordFor(expression: string): 'yes' | 'no' | 'depends' {
  if (expression === 'true') return 'yes';
  return expression === 'false' ? 'no' : 'depends';
}

function propertyOf(literal: ts.Node, name: string): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  const found = literal.properties.find((property) => property.name?.getText() === name);
  if (found === undefined) return undefined;
  if (ts.isShorthandPropertyAssignment(found)) return found.name;
  return ts.isPropertyAssignment(found) ? found.initializer : undefined;
}

/** Returns the text of a message: a literal, a template, or joined literals. */
function textOf(node: ts.Expression | undefined): string {
  if (node === undefined) return '';
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce((text, span) => text + slot(span.expression) + span.literal.text, node.head.text);
  }
  if (ts.isIdentifier(node)) return textOf(initializerOf(node));
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isConditionalExpression(node)) return `${textOf(node.whenTrue)}; or: ${textOf(node.whenFalse)}`;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(textOf).join('; ');
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'join'
  ) {
    return textOf(node.expression.expression);
  }
  return '';
}

/** What a constant or a parameter of the same function, or else a constant of the file, was set to. */
function initializerOf(name: ts.Identifier): ts.Expression | undefined {
  for (let at: ts.Node = name; at !== undefined; at = at.parent) {
    const parameter = ts.isFunctionLike(at) ? at.parameters.find((one) => one.name.getText() === name.text) : undefined;
    if (parameter !== undefined) return parameter.initializer;
    const statements = ts.isBlock(at) || ts.isSourceFile(at) ? at.statements : [];
    for (const declaration of statements.flatMap((one) =>
      ts.isVariableStatement(one) ? [...one.declarationList.declarations] : [],
    )) {
      if (declaration.name.getText() === name.text) return declaration.initializer;
    }
  }
  return undefined;
}

/** Returns a placeholder with the name of the value: `<folder>`. */
function slot(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return `<${expression.text}>`;
  if (ts.isPropertyAccessExpression(expression)) return `<${expression.name.text}>`;
  if (ts.isCallExpression(expression) && expression.arguments[0] !== undefined) return slot(expression.arguments[0]);
  return '<…>';
}

function superCallOf(node: ts.Node): ts.CallExpression | undefined {
  let found: ts.CallExpression | undefined;
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && child.expression.kind === ts.SyntaxKind.SuperKeyword) found ??= child;
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

function baseOf(node: ts.Node): string | undefined {
  return classOf(node)?.heritageClauses?.[0]?.types[0]?.expression.getText();
}

const classNameOf = (node: ts.Node): string => classOf(node)?.name?.text ?? '';

function classOf(node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isClassLike(at)) return at;
  }
  return undefined;
}
