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
interface SourceCodes {
  readonly codes: readonly SourceCode[];
  /** `file:line` of what has to be typed more narrowly. */
  readonly untyped: readonly string[];
}

/**
 * Reads every stable code from the types in the sources: the `code` of each class of errors, of each warning of a run or
 * of the process, and of what a doctor finds.
 *
 * @param root path of the repository
 */
export function readSourceCodes(root: string): SourceCodes {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const files = { include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts'] };
  const { fileNames, options } = ts.parseJsonConfigFileContent({ ...config, ...files }, ts.sys, root);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const found = new Map<string, SourceCode>();
  const untyped: string[] = [];

  for (const source of program.getSourceFiles()) {
    const path = relative(root, source.fileName);
    const [, name] = /^packages\/([^/]+)\/src\//.exec(path) ?? [];
    if (name === undefined) continue;
    const visit = (node: ts.Node): void => {
      const [carrier, type] = carried(node) ?? [];
      for (const member of type?.isUnion() ? type.types : [type]) {
        if (carrier !== undefined && member?.isStringLiteral()) {
          found.set(`${name} ${carrier} ${member.value}`, { package: name, carrier, code: member.value });
        } else if (member !== undefined && (member.flags & ts.TypeFlags.Undefined) === 0) {
          untyped.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { codes: [...found.values()], untyped };

  /** What hands out codes at a node, and their type. */
  function carried(node: ts.Node): [carrier: string, type: ts.Type] | undefined {
    const isError = ts.isClassDeclaration(node) && node.name !== undefined && extendsError(node);
    if (isError || (ts.isInterfaceDeclaration(node) && node.name.text === 'Finding')) {
      const name = node.name as ts.Identifier;
      const code = checker.getTypeAtLocation(name).getProperty('code');
      return code && [name.text, checker.getTypeOfSymbol(code)];
    }
    if (ts.isTypeAliasDeclaration(node) && node.name.text === 'DropReason') {
      return [node.name.text, checker.getTypeAtLocation(node)];
    }
    // What a spread adds is read where it was made.
    if (!ts.isObjectLiteralExpression(node)) return undefined;
    const property = node.properties.find((each) => each.name?.getText() === 'code');
    const carrier = property && warningOf(node);
    return carrier && property ? [carrier, constantType(property)] : undefined;
  }

  function extendsError(node: ts.ClassDeclaration): boolean {
    const bases = checker.getBaseTypes(checker.getTypeAtLocation(node) as ts.InterfaceType);
    return bases.some((base) => base.symbol?.name.endsWith('Error'));
  }

  /** Who takes the object; undefined where it is no warning. */
  function warningOf(node: ts.ObjectLiteralExpression): string | undefined {
    if (ts.isCallExpression(node.parent) && /\.emitWarning$/.test(node.parent.expression.getText())) return 'process';
    const wanted = checker.getContextualType(node);
    const types = wanted?.isUnion() ? wanted.types : [wanted];
    const names = types.map((type) => (type?.aliasSymbol ?? type?.symbol)?.name);
    // A definition that belongs to a rule is raised by it; those in a list are only texts.
    const isRaised = names.includes('WarningDefinition') && !ts.isArrayLiteralExpression(node.parent);
    return isRaised || names.includes('RunWarning') ? 'RunWarning' : undefined;
  }

  /** The literal of `code: 'x'`, which the type of the object has widened. */
  function constantType(property: ts.ObjectLiteralElementLike): ts.Type {
    if (ts.isPropertyAssignment(property)) return checker.getTypeAtLocation(property.initializer);
    const value = checker.getShorthandAssignmentValueSymbol(property);
    return value ? checker.getTypeOfSymbolAtLocation(value, property) : checker.getTypeAtLocation(property);
  }
}
