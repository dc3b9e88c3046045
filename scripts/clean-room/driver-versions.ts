import { maxSatisfying, minSatisfying } from 'semver';
import { runProgram } from '../collector/run-program.ts';
import { demand } from './demand.ts';
import { DRIVER, driverRange } from './driver-range.ts';

/**
 * The oldest and the newest published driver that the peer range takes.
 *
 * @throws Error where the registry does not answer, or has none
 */
export async function driverVersions(): Promise<readonly string[]> {
  const { status, output } = await runProgram('npm', ['view', DRIVER, 'versions', '--json', '--prefer-online']);
  demand(status === 0, `npm does not give the versions of ${DRIVER}:\n${output}`);
  const published = JSON.parse(output) as string[];
  const ends = [minSatisfying(published, driverRange), maxSatisfying(published, driverRange)];
  const found = [...new Set(ends)].filter((version) => version !== null);
  demand(found.length > 0, `no published ${DRIVER} is within ${driverRange}`);
  return found;
}
