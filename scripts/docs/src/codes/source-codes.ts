import { join, relative } from 'node:path';
import ts from 'typescript';

/** A code that some source of a package can hand out. */
export interface SourceCode {
  /** Folder of the package. */
  readonly package: string;
  /** The class of the error; `RunWarning` for a warning of a run, `process` for one of the process, `Finding` of a
   * doctor, `DropReason` for why spans were dropped. */
  readonly carrier: string;
  readonly code: string;
}

/** The codes in the sources, and the places where a code is any string. */
export interface SourceCodes {
  readonly codes: readonly SourceCode[];
  /** `file:line` of what has to be typed more narrowly. */
  readonly untyped: readonly string[];
}

const WARNING = 'RunWarning';
const DEFINITION = 'WarningDefinition';
const FINDING = 'Finding';
const REASON = 'DropReason';

/**
 * Reads every stable code from the types in the sources: the `code` of each class of errors, of each warning of a run or
 * of the process, and of what a doctor finds.
 *
 * @param root path of the repository
 */
export function readSourceCodes(root: string): SourceCodes {
  const program = packagesProgram(root);
  const checker = program.getTypeChecker();
  const found = new Map<string, SourceCode>();
  const untyped: string[] = [];

  for (const source of program.getSourceFiles()) {
    const path = relative(root, source.fileName);
    const [, name] = /^packages\/([^/]+)\/src\//.exec(path) ?? [];
    if (name === undefined || path.endsWith('.test.ts')) continue;

    const take = (carrier: string, node: ts.Node, type: ts.Type): void => {
      for (const member of type.isUnion() ? type.types : [type]) {
        if (member.isStringLiteral()) {
          found.set(`${name} ${carrier} ${member.value}`, { package: name, carrier, code: member.value });
        } else if ((member.flags & ts.TypeFlags.Undefined) === 0) {
          const { line } = source.getLineAndCharacterOfPosition(node.getStart());
          untyped.push(`${path}:${line + 1}`);
        }
      }
    };
    const visit = (node: ts.Node): void => {
      if (ts.isClassDeclaration(node) && node.name !== undefined && extendsError(node)) {
        const code = checker.getTypeAtLocation(node.name).getProperty('code');
        if (code !== undefined) take(node.name.text, node, checker.getTypeOfSymbol(code));
      }
      if (ts.isInterfaceDeclaration(node) && node.name.text === FINDING) {
        const code = checker.getTypeAtLocation(node).getProperty('code');
        if (code !== undefined) take(FINDING, node, checker.getTypeOfSymbol(code));
      }
      if (ts.isTypeAliasDeclaration(node) && node.name.text === REASON) {
        take(REASON, node, checker.getTypeAtLocation(node));
      }
      if (ts.isObjectLiteralExpression(node)) {
        // What a spread brings along is read where it was made.
        const carrier = node.properties.some((property) => property.name?.getText() === 'code') && carrierOf(node);
        const code = carrier && checker.getTypeAtLocation(node).getProperty('code');
        if (carrier && code) take(carrier, node, constantType(code));
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { codes: [...found.values()], untyped };

  function extendsError(node: ts.ClassDeclaration): boolean {
    const bases = checker.getBaseTypes(checker.getTypeAtLocation(node) as ts.InterfaceType);
    return bases.some((base) => base.symbol?.name.endsWith('Error'));
  }

  /** Who takes the object; undefined where it is no warning. */
  function carrierOf(node: ts.ObjectLiteralExpression): string | undefined {
    if (ts.isCallExpression(node.parent) && /\.emitWarning$/.test(node.parent.expression.getText())) return 'process';
    const wanted = checker.getContextualType(node);
    const types = wanted === undefined ? [] : wanted.isUnion() ? wanted.types : [wanted];
    const names = types.map((type) => (type.aliasSymbol ?? type.symbol)?.name);
    // A definition that belongs to a rule is raised by it; those in a list are only texts.
    const isRaised =
      names.includes(WARNING) || (names.includes(DEFINITION) && !ts.isArrayLiteralExpression(node.parent));
    return isRaised ? WARNING : undefined;
  }

  /** The literal of `code: 'x'`, which the type of the object has widened. */
  function constantType(code: ts.Symbol): ts.Type {
    const declaration = code.valueDeclaration;
    if (declaration !== undefined && ts.isPropertyAssignment(declaration)) {
      return checker.getTypeAtLocation(declaration.initializer);
    }
    if (declaration !== undefined && ts.isShorthandPropertyAssignment(declaration)) {
      const value = checker.getShorthandAssignmentValueSymbol(declaration);
      if (value !== undefined) return checker.getTypeOfSymbolAtLocation(value, declaration);
    }
    return checker.getTypeOfSymbol(code);
  }
}

function packagesProgram(root: string): ts.Program {
  const path = join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const include = ['packages/*/src/**/*.ts'];
  const exclude = ['**/*.test.ts'];
  const { fileNames, options } = ts.parseJsonConfigFileContent({ ...config, include, exclude }, ts.sys, root);
  return ts.createProgram(fileNames, options);
}
