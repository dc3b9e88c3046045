import { readFileSync } from 'node:fs';

/**
 * Whether TypeScript complains of one of our declarations for nothing but an optional peer that is not installed: whoever
 * uses that part has the peer.
 *
 * @param complaint one line, with the absolute path of the file
 */
export function lacksOptionalPeer(complaint: string): boolean {
  const pattern = /^(.*\/node_modules\/@planscope\/[^/]+)\/[^(]*\(.*\): error TS2307: Cannot find module '([^']+)'/;
  const [, folder, missing] = pattern.exec(complaint) ?? [];
  if (folder === undefined || missing === undefined) return false;
  const { peerDependenciesMeta = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  return peerDependenciesMeta[missing]?.optional === true;
}
