const KEPT = /^npm_config_(?:registry|cafile|cache|proxy|https_proxy|noproxy)$/;

/**
 * Takes out of the environment what running through pnpm has put in, its own settings among them: a stranger's npm does
 * not see these.
 *
 * @returns the script of the pnpm that ran this process; undefined where another package manager did
 */
export function leavePnpm(environment: NodeJS.ProcessEnv): string | undefined {
  const script = environment.npm_execpath;
  for (const key of Object.keys(environment)) {
    if (/^(?:p?npm_|INIT_CWD$|NODE$|NODE_OPTIONS$)/i.test(key) && !KEPT.test(key)) delete environment[key];
  }
  return script !== undefined && /pnpm\.[cm]?js$/.test(script) ? script : undefined;
}
